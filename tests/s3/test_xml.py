"""Documents are compared leaf by leaf, and element by element."""

from __future__ import annotations

import pytest

from conformance.s3.xml import contains, document, leaves

RULE = "<Rule><ID>{}</ID><Status>{}</Status></Rule>"
TWO = RULE.format("a", "Enabled") + RULE.format("b", "Disabled")


def rules(text: str) -> bytes:
    return document("Rules", text)


def test_contains_when_rules_come_in_another_order_is_true() -> None:
    other = RULE.format("b", "Disabled") + RULE.format("a", "Enabled")
    assert contains(rules(other), rules(TWO))


def test_contains_when_two_rules_exchange_a_member_is_false() -> None:
    swapped = RULE.format("a", "Disabled") + RULE.format("b", "Enabled")
    assert leaves(rules(swapped)) == leaves(rules(TWO))
    assert not contains(rules(swapped), rules(TWO))


def test_contains_when_the_whole_has_more_is_true() -> None:
    more = TWO.replace("</Rule>", "<Days>1</Days></Rule>") + RULE.format("c", "Enabled")
    assert contains(rules(more), rules(TWO))
    assert not contains(rules(TWO), rules(more))


def test_contains_when_what_is_lost_is_let_off_is_true() -> None:
    lost = TWO.replace("<Status>Disabled</Status>", "")
    less = leaves(rules(TWO)) - leaves(rules(lost))
    assert not contains(rules(lost), rules(TWO))
    assert contains(rules(lost), rules(TWO), less)


def test_contains_when_the_part_is_no_xml_is_true() -> None:
    assert contains(rules(TWO), b'{"Version": "2012-10-17"}')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TRUE", "true"),
        ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00.000Z"),
    ],
)
def test_leaves_when_a_value_is_written_in_another_form_are_equal(one: str, other: str) -> None:
    assert leaves(rules(f"<V>{one}</V>")) == leaves(rules(f"<V>{other}</V>"))
