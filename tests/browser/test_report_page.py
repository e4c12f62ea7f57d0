"""The report as a reader has it: in a browser, from file://, with mouse, keyboard or phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from conformance import results
from conformance.report.rendering import anchor
from conformance.verdict import HAZARDS_BY_URGENCY, Divergence, Documented, Observed
from tests.browser.rows import shown

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

Documents = dict[str, Sequence[results.Document]]
Open = Callable[..., Any]


def expected(documents: Sequence[results.Document], **want: str) -> list[str]:
    """The same, from the documents."""
    return [
        anchor(row["id"]) for row in documents[0]["rows"]
        if all(row[name] == word for name, word in want.items())  # type: ignore[literal-required]
    ]  # fmt: skip


CHOICES = [
    *(("level", word) for word in ("bucket", "object", "checksum", "region")),
    *(("documented", word.value) for word in Documented),
    *(("observed", word.value) for word in Observed),
    *(("divergence", word.value) for word in Divergence),
    *(("hazard", word.value) for word in HAZARDS_BY_URGENCY),
    ("group", "ACL"),
    ("group", "SSE-C"),
]


@pytest.mark.parametrize(
    "name", ["level", "documented", "observed", "divergence", "hazard", "group"]
)
def test_each_filter_shows_just_its_rows(visit: Open, documents: Documents, name: str) -> None:
    page = visit("one")
    for word in [word for of, word in CHOICES if of == name]:
        page.select_option(f"select[name={name}]", word)
        rows = expected(documents["one"], **{name: word})
        assert shown(page) == rows
        assert page.inner_text("#shown") == f"{len(rows)} of 397 rows"
        assert page.evaluate("location.hash") == f"#?{name}={word}"
        assert page.is_visible("#nothing") == (not rows)


def test_filters_stand_for_several_words(visit: Open, documents: Documents) -> None:
    page, rows = visit("one"), documents["one"][0]["rows"]
    for name, word, words in (
        ("observed", "present", {"supported", "partial"}),
        ("observed", "absent", {"ignored", "rejected", "broken"}),
        ("divergence", "differs", {"missing", "partial", "undocumented"}),
        ("hazard", "any", {word.value for word in HAZARDS_BY_URGENCY}),
    ):
        page.click("#filters .clear")
        page.select_option(f"select[name={name}]", word)
        assert shown(page) == [anchor(row["id"]) for row in rows if row[name] in words]  # type: ignore[literal-required]


def test_filters_combine_and_survive_a_reload(visit: Open, documents: Documents) -> None:
    page = visit("one")
    page.select_option("select[name=level]", "object")
    page.select_option("select[name=documented]", "implemented")
    page.select_option("select[name=observed]", "supported")
    page.fill("input[name=q]", "COPY source")
    rows = [
        row_id for row_id in expected(
            documents["one"], level="object", documented="implemented", observed="supported"
        ) if "copy" in row_id.lower() and "source" in row_id.lower()
    ]  # fmt: skip
    assert shown(page) == rows != []
    page.reload()
    assert shown(page) == rows
    assert page.input_value("input[name=q]") == "COPY source"
    page.click("#filters .clear")
    assert len(shown(page)) == 397
    assert "#" not in page.url


def test_text_finds_what_was_seen(visit: Open, documents: Documents) -> None:
    for name in ("one", "two"):
        page = visit(name)
        page.fill("input[name=q]", "third was served")
        wanted = {
            anchor(row["id"]) for document in documents[name] for row in document["rows"]
            if "third was served" in row["reason"]
        }  # fmt: skip
        assert set(shown(page)) == wanted != set()


def test_no_match_says_so_and_offers_the_way_back(visit: Open) -> None:
    page = visit("one")
    page.fill("input[name=q]", "no such header")
    assert page.inner_text("#nothing").startswith("No row matches.")
    page.click("#nothing .clear")
    assert len(shown(page)) == 397


def test_legend_filters_and_back_undoes_it(visit: Open, documents: Documents) -> None:
    page = visit("one")
    page.click(".legend a:has-text('undocumented')")
    assert shown(page) == expected(documents["one"], divergence="undocumented")
    page.go_back()
    assert len(shown(page)) == 397


def test_permalink_shows_its_row_with_evidence(visit: Open) -> None:
    page = visit("one", "#PutObject/Content-MD5")
    row = page.locator("tr.here")
    assert row.get_attribute("id") == "PutObject/Content-MD5"
    assert row.bounding_box()["y"] < 200
    evidence = page.locator("tr.here + tr.proof details.evidence")
    assert evidence.evaluate("it => it.open")
    evidence.locator(".exchange").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "PutObject/Content-MD5"
    assert page.locator("tr.here th").inner_text() == "PutObject/Content-MD5"


def test_permalink_and_filters_in_one_address(visit: Open) -> None:
    page = visit("one", "#PutObject/Content-MD5?level=bucket")
    assert page.locator("tr.here").is_visible()
    assert page.input_value("select[name=level]") == "bucket"
    page.click("tr[id='CreateBucket'] th a")
    assert page.evaluate("location.hash") == "#CreateBucket?level=bucket"
    assert page.locator("tr.here").get_attribute("id") == "CreateBucket"
    page.go_back()
    assert page.locator("tr.here").get_attribute("id") == "PutObject/Content-MD5"


def test_a_cell_of_the_picture_opens_its_row(visit: Open) -> None:
    page = visit("one")
    page.hover(".map a.cell[href='#CopyObject']")
    assert page.inner_text("#readout").startswith("CopyObject: implemented, ")
    page.click(".map a.cell[href='#CopyObject']")
    assert page.locator("tr.here").get_attribute("id") == "CopyObject"


def test_evidence_is_opened_in_place_and_its_curl_line_copied(visit: Open) -> None:
    page = visit("one")
    handle = page.locator("tr[id='HeadObject/If-Match'] + tr summary").first
    assert page.locator("tr[id='HeadObject/If-Match'] + tr .exchange").count() == 0
    handle.click()
    proof = page.locator("tr[id='HeadObject/If-Match'] + tr")
    proof.locator(".exchange").last.wait_for()
    assert proof.locator(".exchange > summary .role").all_inner_texts() == [
        "setup", "setup", "control", "treatment", "effect", "effect",
    ]  # fmt: skip
    assert proof.locator("mark").first.inner_text().startswith("If-Match: ")
    assert "[redacted]" in proof.inner_text()
    line = proof.locator(".exchange[open] .curl pre").first.inner_text()
    proof.locator(".exchange[open] .copy").first.click()
    page.wait_for_function(
        "document.querySelector('.exchange[open] .copy').textContent == 'Copied'"
    )
    page.focus("input[name=q]")
    page.keyboard.press("Control+V")
    assert page.input_value("input[name=q]") == line


def test_several_endpoints_are_columns_with_only_differences(
    visit: Open, documents: Documents
) -> None:
    page = visit("two")
    assert page.locator(".labels span").all_inner_texts()[:4] == [
        "Row", "Documented", "Store A", "Store 81",
    ]  # fmt: skip
    page.check("input[name=differs]")
    first, second = (document["rows"] for document in documents["two"])
    wanted = [
        anchor(a["id"])
        for a, b in zip(first, second, strict=True)
        if a["observed"] != b["observed"]
    ]
    assert shown(page) == wanted
    page.select_option("select[name=observed]", "partial")
    assert shown(page) == [
        anchor(a["id"]) for a, b in zip(first, second, strict=True)
        if a["observed"] != b["observed"] and "partial" in (a["observed"], b["observed"])
    ]  # fmt: skip
    assert page.evaluate("location.hash") == "#?observed=partial&differs=1"


def test_evidence_of_several_endpoints_names_them(visit: Open) -> None:
    page = visit("two", "#PutObject")
    page.locator("tr.here + tr .whose").last.wait_for()
    titles = page.locator("tr.here + tr .whose > b").all_inner_texts()
    assert titles == ["Store A", "Store 81"]


def test_columns_when_chosen_and_sorted_stand_in_the_address(visit: Open) -> None:
    page = visit("eight")
    labels = ".labels .at:visible"
    assert page.locator(labels).count() == 8
    for title in page.locator("input[name=endpoint]").evaluate_all(
        "all => all.map(it => it.value)"
    ):
        if title not in ("Store A", "Store 81", "Store 84"):
            page.uncheck(f"input[value='{title}']")
    page.select_option("select[name=sort]", "name")
    assert page.locator(labels).all_inner_texts() == ["Store 81", "Store 84", "Store A"]
    row = page.locator("tr[id='PutObject']")
    words = row.locator("td.at:visible small").all_inner_texts()
    page.reload()
    assert page.inner_text("#chosen") == "3 of 8"
    assert page.locator(labels).all_inner_texts() == ["Store 81", "Store 84", "Store A"]
    assert row.locator("td.at:visible small").all_inner_texts() == words
    page.click("tr[id='PutObject'] th a")
    page.locator("tr.here + tr .whose").last.wait_for()
    assert page.locator("tr.here + tr .whose:visible > b:first-of-type").all_inner_texts() == [
        "Store 81", "Store 84", "Store A",
    ]  # fmt: skip
    assert page.url.count("endpoint=") == 3, "a row's address keeps the choice"
    page.click(".pick[data-pick=all]")
    assert page.locator(labels).count() == 8
    assert "endpoint=" not in page.url


def test_filters_when_columns_are_chosen_count_these_alone(
    visit: Open, documents: Documents
) -> None:
    page = visit("eight")
    page.click(".pick[data-pick=none]")
    page.check("input[value='Store 82']")
    page.select_option("select[name=observed]", "broken")
    mine = next(it for it in documents["eight"] if it["endpoint"]["label"] == "Store 82")
    assert shown(page) == expected([mine], observed="broken") != []


def test_text_when_there_are_many_endpoints_finds_what_was_seen(
    visit: Open, documents: Documents
) -> None:
    page = visit("eight")
    page.fill("input[name=q]", "third was served")
    wanted = {
        anchor(row["id"]) for document in documents["eight"] for row in document["rows"]
        if "third was served" in row["reason"]
    }  # fmt: skip
    page.wait_for_function(
        f"document.getElementById('shown').textContent.startsWith('{len(wanted)} ')"
    )
    assert set(shown(page)) == wanted


def test_evidence_among_many_endpoints_is_opened_for_each(visit: Open) -> None:
    page = visit("eight", "#PutObject")
    run = page.locator("tr.here + tr details.run").first
    run.locator("summary").first.click()
    run.locator(".exchange").last.wait_for()
    assert page.locator("tr.here + tr .exchange").count() == run.locator(".exchange").count() == 6


def test_copied_rows_have_the_characters_of_their_signs(visit: Open) -> None:
    page = visit("one")
    text = page.evaluate("""() => {
        const cell = document.querySelector('tr[id="PutObject"] .documented');
        getSelection().selectAllChildren(cell);
        return getSelection().toString();
    }""")
    assert text.split() == ["✅", "implemented"]
    assert page.locator("tr[id='PutObject'] .icon svg").first.bounding_box()["width"] > 8


def test_two_runs_of_one_endpoint_are_a_diff(visit: Open) -> None:
    page = visit("changes")
    assert page.inner_text(".headline").startswith("1 broken, 1 fixed, 1 changed since 2026-11-22")
    for word in ("broken", "fixed", "changed"):
        page.select_option("select[name=change]", word)
        assert len(shown(page)) == 1
    page.select_option("select[name=change]", "any")
    ids = shown(page)
    assert len(ids) == 3
    assert set(page.locator("#changes tbody th a").all_inner_texts()) == set(ids)
    assert page.locator(".map .cell:not(.same)").count() == 2 * 3


def test_keyboard_alone(visit: Open) -> None:
    page = visit("one")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the rows"
    page.focus(".map a.cell")
    for keys, number in (
        (("ArrowRight", "ArrowRight", "ArrowLeft"), 1),
        (("ArrowDown",), page.locator(".map li").first.locator("a.cell").count()),
        (("ArrowUp",), 0),
    ):
        for key in keys:
            page.keyboard.press(key)
        cell = page.evaluate("document.activeElement.getAttribute('href')")
        assert cell == page.locator(".map a.cell").nth(number).get_attribute("href")
    assert page.locator(".map a.cell[tabindex='0']").count() == 1, "the picture is one tab stop"
    page.keyboard.press("Enter")
    assert page.locator("tr.here").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert not page.locator("tr.here + tr details.evidence").evaluate("it => it.open")
    page.keyboard.press("/")
    page.keyboard.type("tagging")
    assert 0 < len(shown(page)) < 397
    page.keyboard.press("Tab")
    page.keyboard.press("o")
    assert page.input_value("select[name=level]") == "object"
