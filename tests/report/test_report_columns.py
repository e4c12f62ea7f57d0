"""What a page of several endpoints says, and how a reader finds a row in any page."""

from __future__ import annotations

import re

from conformance import report, results
from conformance.verdict import Outcome, Weight
from tests.golden.small import document
from tests.hostile_text import check
from tests.packed import packed_in
from tests.report.test_report import text_of


def test_page_of_several_endpoints_has_the_failed_checks_alone() -> None:
    made = [document(), document(label="Store B", url="https://b.example")]
    for it in made:
        it["rows"][0]["checks"] = [check(Weight.DETAIL, outcome) for outcome in Outcome]
        it["rows"][0]["quirks"] = 2
        it["summary"] = results.summarise(it["rows"])
    for documents, wanted in (
        (made, {"ignored", "wrong"}),
        (made[:1], {outcome.value for outcome in Outcome}),
    ):
        _, checks, _ = packed_in(report.html(documents))["evidence-0"][0]
        assert {it[3] for it in checks} == wanted


def test_page_of_many_endpoints_when_a_run_has_no_checks_says_so() -> None:
    """Results of a version before checks look better than they are."""
    made = [document(label=name, url=f"https://{name}.example") for name in ("a", "b", "c")]
    for it in made:
        for row in it["rows"]:
            row["checks"] = []
    made[0]["rows"][0]["checks"] = [check(Weight.PROMISE, Outcome.HELD)]
    text = text_of(report.html(made))
    assert text.count("without checks") == 2
    assert "a without checks" not in text


def test_page_of_many_endpoints_is_ordered_by_what_they_support() -> None:
    """Store C has nothing of what is not documented, and agrees most of all; it comes last."""
    missing = {
        "ListBuckets": "rejected",
        "PutObject": "rejected",
        "Region/auto/signing": "rejected",
    }
    poor = document(
        label="Store C",
        url="https://c.example",
        **missing,
        **dict.fromkeys(
            ["DeleteBucketTagging", "PutObject/x-amz-tagging", "PutObject/x-amz-request-payer"],
            "rejected",
        ),
    )
    better = document(
        label="Store B", url="https://b.example", **{"PutObject/If-Match": "supported"}
    )
    page = report.html([poor, document(), better])
    titles = re.findall(r'name="endpoint" value="([^"]+)"', page)
    assert titles == ["Store B", "Store A", "Store C"]
    packed = packed_in(page)
    assert set(packed) == {"reasons", "evidence-0", "evidence-1", "evidence-2"}
    assert [len(line) for line in packed["reasons"]] == [3] * 12
    row = page.partition('<tr id="ListBuckets"')[2].partition("</tr>")[0]
    cells = [text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
    assert cells[1:4] == ["✅ supported", "✅ supported", "❌ rejected missing"]


def test_page_names_the_operation_with_every_row() -> None:
    page = report.html([document()])
    for made in document()["rows"]:
        cell = page.partition(f'<tr id="{made["id"]}"')[2].partition("</th>")[0]
        assert re.sub(r"<[^>]+>", "", cell.partition("<th")[2].partition(">")[2]).startswith(
            made["id"]
        )


def test_page_has_a_table_of_contents_before_anything_long() -> None:
    for documents in ([document()], [document(), document(url="https://b.example")]):
        page = report.html(documents)
        contents = page.partition('<nav class="contents"')[2].partition("</nav>")[0]
        for target in re.findall(r'href="#([^"]+)"', contents):
            assert f'id="{target}"' in page
        assert 'href="#rows"' in contents
        assert page.index("<nav") < page.index("<main>")


def test_markdown_of_several_endpoints_has_a_table_of_topics_where_there_are_behaviours() -> None:
    made = [document(), document(label="Store B", url="https://b.example")]
    assert "### Topics" not in report.markdown(made)
    for it, observed in zip(made, ("supported", "partial"), strict=True):
        for row, name in zip(it["rows"][:2], ("plus", "space"), strict=True):
            row |= {"id": f"Key/{name}", "level": "behaviour", "operation": "Key", "feature": name}
            row |= {"documented": "implemented", "observed": observed, "hazard": None}
            row["divergence"] = "none" if observed == "supported" else "partial"
        it["summary"] = results.summarise(it["rows"])
    text = report.markdown(made)
    assert "| Store A | 2 of 2 |\n| Store B | 0 of 2 |" in text
    assert "### Topics" not in report.markdown(made[:1])
