"""The words of a verdict: from checks to the row's word, and against the documentation."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.verdict import (
    CheckResult,
    Divergence,
    Documented,
    Hazard,
    Observation,
    Observed,
    Outcome,
    Weight,
    divergence,
    observation_from,
    settle,
    word_of,
)

TABLE = {
    Documented.IMPLEMENTED: "none partial missing missing missing undecided undecided",
    Documented.EXPERIMENTAL: "none none missing missing missing undecided undecided",
    Documented.PARTIAL: "none none missing missing missing undecided undecided",
    Documented.NO_EFFECT: "undocumented undocumented none missing missing undecided undecided",
    Documented.UNIMPLEMENTED: "undocumented undocumented none none none undecided undecided",
}


@pytest.mark.parametrize(
    ("observed", "due"),
    [("rejected", "none"), ("ignored", "missing"), ("broken", "missing"), ("unknown", "undecided"),
     ("supported", "undocumented")],
)  # fmt: skip
def test_divergence_where_a_refusal_is_documented(observed: str, due: str) -> None:
    found = divergence(Documented.UNIMPLEMENTED, Observed(observed), refusal="501 NotImplemented")
    assert found == due


@pytest.mark.parametrize("documented", Documented)
def test_divergence(documented: Documented) -> None:
    words = [divergence(documented, observed) for observed in Observed]
    assert words == [Divergence(word) for word in TABLE[documented].split()]


def test_the_words_are_the_published_ones() -> None:
    assert [*Observed] == [
        "supported", "partial", "ignored", "rejected", "broken", "unproven", "unknown",
    ]  # fmt: skip


pairs = st.lists(st.tuples(st.sampled_from([*Weight]), st.sampled_from([*Outcome])), max_size=8)


@pytest.mark.parametrize(
    ("checks", "word"),
    [
        ("core=held", "supported"),
        ("core=held promise=held detail=wrong", "supported"),
        ("core=held promise=not-observed", "supported"),
        ("core=held promise=wrong", "partial"),
        ("core=held promise=ignored", "partial"),
        ("core=held core=wrong", "partial"),
        ("core=held core=ignored", "partial"),
        ("core=held core=not-observed", "supported"),
        ("core=ignored core=ignored promise=wrong", "ignored"),
        ("core=ignored core=wrong", "broken"),
        ("core=wrong promise=held", "broken"),
        ("core=not-observed promise=held", None),
        ("detail=held", None),
    ],
)
def test_word_of_checks(checks: str, word: str | None) -> None:
    named = [it.partition("=")[::2] for it in checks.split()]
    assert word_of((Weight(weight), Outcome(outcome)) for weight, outcome in named) == word


@given(pairs, st.randoms())
def test_word_of_checks_depends_on_no_order_and_no_detail(
    checks: list[tuple[Weight, Outcome]], random: Random
) -> None:
    word = word_of(checks)
    others = [*checks, *((Weight.DETAIL, outcome) for outcome in Outcome)]
    random.shuffle(others)
    assert word_of(others) == word
    assert word_of([*checks, *checks]) == word


@given(pairs)
def test_observation_from_checks_has_their_word_and_names_every_decisive_failure(
    checks: list[tuple[Weight, Outcome]],
) -> None:
    results = [
        CheckResult(
            id=f"c{number}", weight=weight, outcome=outcome, expected="e", observed="o", source="s"
        )
        for number, (weight, outcome) in enumerate(checks)
    ]
    made = observation_from(results)
    assert made.observed == (word_of(checks) or "unknown")
    if made.observed is Observed.PARTIAL:
        core = [it for it in made.failed if it.weight is Weight.CORE]
        promises = [it for it in made.failed if it.weight is Weight.PROMISE]
        assert all(it.sentence in made.reason for it in [*core, *promises][:1])
    assert len(made.reason) < 400


def test_hazard_of_an_observation_is_the_most_urgent_of_its_failed_checks() -> None:
    results = [
        CheckResult(
            id=name, weight=Weight(weight), outcome=Outcome.WRONG, expected="e", observed="o",
            source="s", hazard=hazard,
        )
        for name, weight, hazard in (
            ("a", "core", None), ("b", "core", Hazard.SILENT), ("c", "promise", Hazard.CORRUPTING),
            ("d", "detail", Hazard.DESTRUCTIVE),
        )
    ]  # fmt: skip
    assert observation_from(results).hazard is Hazard.CORRUPTING


def seen(observed: str, hazard: Hazard | None = None) -> Observation:
    return Observation(observed=Observed(observed), reason=f"it is {observed}", hazard=hazard)


@pytest.mark.parametrize(
    ("words", "settled"),
    [
        (["supported"], "supported"),
        (["ignored", "ignored"], "ignored"),
        (["supported", "ignored", "supported"], "partial"),
        (["partial", "supported"], "partial"),
        (["partial", "broken"], "partial"),
        (["ignored", "rejected"], "unknown"),
        (["supported", "unknown"], "unknown"),
        (["supported", "unproven", "ignored"], "unknown"),
    ],
)
def test_settle_of_words_that_differ_is_partial_or_unknown(words: list[str], settled: str) -> None:
    one = settle([seen(word) for word in words])
    assert one.observed == settled
    assert ("flaky" in one.reason) == (len({*words}) > 1)
    for word in words:
        assert f"it is {word}" in one.reason


def test_settle_keeps_the_most_urgent_hazard() -> None:
    silent, corrupting = seen("ignored", Hazard.SILENT), seen("broken", Hazard.CORRUPTING)
    assert settle([seen("supported"), silent, corrupting]).hazard is Hazard.CORRUPTING
    assert settle([seen("broken"), corrupting]) is corrupting
