"""The report where it is read: in the dark, on a phone, on paper, aloud, and among enemies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.rows import shown

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

Open = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter((it) => !it.closest('.scroll, .many .board, pre, thead, .unseen, .skip, option')
        && it.getClientRects().length && it.getBoundingClientRect().right > 391)
    .map((it) => `${it.tagName}.${it.className} ${it.textContent.slice(0, 40)}`)"""


def test_dark_mode(visit: Open) -> None:
    light, dark = (
        visit("one", color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    )
    assert light == "rgb(255, 255, 255)"
    assert dark == "rgb(18, 22, 27)"


@pytest.mark.parametrize("name", ["one", "two", "eight", "changes"])
def test_nothing_leaves_a_phone_s_screen(visit: Open, name: str) -> None:
    page = visit(name, "#PutObject/Content-MD5", **PHONE)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_paper_is_white_and_shows_every_row(visit: Open) -> None:
    page = visit("one", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("#filters")
    assert len(shown(page)) == 397
    assert page.locator(".rows thead").first.is_visible()


@pytest.mark.parametrize("name", ["one", "eight"])
def test_without_scripts_the_table_is_read_and_a_sentence_says_why_no_more(
    visit: Open, name: str
) -> None:
    page = visit(name, java_script_enabled=False)
    for it in ("#filters", ".sorting", "input[name=endpoint]"):
        assert page.locator(f"{it}:visible").count() == 0
    assert page.locator("tr[data-cells]").count() == 397
    assert page.locator("tr[id='HeadObject/If-Match'] td").nth(1).is_visible()
    assert "needs JavaScript" in page.locator("#rows noscript p").inner_text()


def test_picture_on_a_phone_has_names_and_cells_for_fingers(visit: Open) -> None:
    page = visit("one", **PHONE)
    cell = page.locator(".map a.cell[href='#CopyObject']")
    box = cell.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    assert page.locator(".map .name[href='#CopyObject']").inner_text() == "CopyObject"
    cell.tap()
    assert page.locator("tr.here").get_attribute("id") == "CopyObject"


@pytest.mark.parametrize("name", ["one", "eight"])
def test_first_screen_has_a_link_to_the_table(visit: Open, name: str) -> None:
    page = visit(name)
    link = page.locator(".contents .main")
    assert link.bounding_box()["y"] < 860
    link.click()
    assert page.locator("#rows").bounding_box()["y"] < 100


@pytest.mark.parametrize("name", ["hostile", "hostile-two"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_hostile_file_executes_nothing(visit: Open, name: str, *, scripts: bool) -> None:
    page = visit(name, java_script_enabled=scripts)
    for _ in range(2):  # there are exchanges within the evidence
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        page.wait_for_timeout(50)
    if scripts:
        page.locator(".exchange").first.wait_for()
        page.fill("input[name=q]", "onerror")
        page.mouse.move(300, 300)
    assert (page.locator(".exchange").count() > 0) == scripts
    page.wait_for_timeout(100)
    assert "pwned" not in page.title().partition("document.title=")[0]
    assert page.title().startswith("INCOMPLETE: ")
    foreign = (
        "img, svg:not(.icon > svg, .sprite), iframe, object, embed, link, "
        "script:not(body > script:last-of-type)"
    )
    assert page.locator(foreign).count() == 0
    assert page.locator("body > script").count() == 1


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("one", {}),
        ("one", {"color_scheme": "dark"}),
        ("one", PHONE),
        ("two", {}),
        ("eight", {}),
        ("eight", {"color_scheme": "dark"}),
        ("eight", PHONE),
        ("changes", {"color_scheme": "dark"}),
    ],
)
def test_axe_finds_no_violation(visit: Open, axe: str, name: str, options: dict[str, Any]) -> None:
    page = visit(name, "#PutObject/Content-MD5", **options)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [
        (rule["id"], node["target"], node.get("failureSummary", "")[:300])
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ] == []


@pytest.mark.parametrize("name", ["one", "eight"])
def test_filtering_stays_fluid(visit: Open, name: str) -> None:
    """No time is asserted but the one at which a reader would have given up."""
    page = visit(name)
    spent = page.evaluate("""() => {
        const form = document.getElementById('filters');
        const start = performance.now();
        form.elements.q.value = 'if-match';
        form.dispatchEvent(new Event('input', { bubbles: true }));
        document.body.getBoundingClientRect();
        return performance.now() - start;
    }""")
    assert spent < 5000
