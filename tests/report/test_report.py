"""What each rendering says of a run, of several, and of two runs of one endpoint."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from conformance import report, results
from conformance.errors import ResultsError
from conformance.report.changes import Change, became, compare
from conformance.report.view import build_view
from tests.golden.small import cut_short, document
from tests.packed import packed_in


def text_of(page: str) -> str:
    """A page's words, without its own script and style."""
    page = re.sub(r"<(script|style|template)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def empty() -> results.Document:
    """A run of no row."""
    made = document()
    return results.assemble(run=made["run"], endpoint=made["endpoint"], rows=[])


def many(words: dict[str, str]) -> results.Document:
    """A run in which one feature stands on several operations."""
    made = document()
    template: Any = made["rows"][7]
    rows: list[Any] = [
        {**template, "id": f"{operation}/If-Match", "operation": operation, "observed": word,
         "divergence": "none" if word == "supported" else "missing",
         "hazard": "silent" if word == "ignored" else None}
        for operation, word in words.items()
    ]  # fmt: skip
    return results.assemble(run=made["run"], endpoint=made["endpoint"], rows=rows)


def test_page_first_screen_has_the_share_and_the_hazards() -> None:
    text = text_of(report.html([document()]))
    assert "3 of 6 implemented rows are supported." in text
    assert "6 of 12 rows agree with the documentation, 4 differ, 2 are undecided." in text
    assert (
        "❗ 2 hazards in what is documented as implemented , "
        "1 in what is documented as unsupported : 1 destructive 1 corrupting 1 silent" in text
    )
    assert (
        text.index("2 hazards")
        < text.index("Hazards 3")
        < text.index("Divergences 4")
        < text.index("Every row 12")
    )


def test_page_draws_every_row_once_with_an_anchor() -> None:
    page = report.html([document()])
    for row in document()["rows"]:
        assert page.count(f'<tr id="{row["id"]}"') == 1
        assert page.count(f'href="#{row["id"]}" title="') == 1, "its cell in the picture"


def test_page_has_two_columns_of_icon_and_word() -> None:
    page = report.html([document()])
    row = page.partition('<tr id="PutObject/x-amz-tagging"')[2].partition("</tr>")[0]
    cells = re.findall(r"<td.*?</td>", row, re.DOTALL)
    assert text_of(cells[0]) == "❌ unimplemented"
    assert text_of(cells[1]) == "✅ supported"
    assert text_of(cells[2]) == "undocumented"


def test_page_evidence_has_roles_answers_and_a_curl_line() -> None:
    rows = packed_in(report.html([document()]))["evidence-0"]
    place = [row["id"] for row in document()["rows"]].index("PutObject/If-Match")
    _, _, exchanges = rows[place]
    assert [it[0] for it in exchanges] == ["setup", "control", "treatment", "effect"]
    assert exchanges[3][2][:2] == ["412", "Precondition Failed"]
    method, target, _, names, values, _ = exchanges[2][1]
    assert (method, target[:5]) == ("GET", "/s3c-")
    said = [target, *values]
    curl = re.sub("\x01(\\d+);", lambda it: said[int(it[1])], exchanges[2][4])
    assert curl == document()["rows"][place]["exchanges"][2]["curl"]
    assert "If-Match" in names


@pytest.mark.parametrize("made", [report.html, report.markdown])
def test_page_when_the_run_is_incomplete_says_so_first(made: Any) -> None:
    text = made([cut_short()])
    first = re.sub(r"^.*<body[^>]*>", "", text, flags=re.DOTALL).lstrip().splitlines()[0]
    assert "INCOMPLETE" in first
    assert "the endpoint went away" in text
    assert "INCOMPLETE" not in made([document()])


def test_titles_and_badges_when_the_run_is_incomplete_say_so() -> None:
    assert "<title>INCOMPLETE: " in report.html([document(), cut_short()])
    assert report.shields(cut_short())["message"] == "incomplete"
    assert "INCOMPLETE: Store A" in report.badge(cut_short())
    assert report.terminal(cut_short())[0].startswith(
        "INCOMPLETE (the endpoint went away: connection refused): "
    )


def test_page_when_the_run_has_warnings_shows_them() -> None:
    assert "2 buckets could not be removed" in report.html([cut_short()])


@pytest.mark.parametrize(
    ("product", "said"),
    [
        ({"vendor": "Example", "name": "Store", "version": "2"}, "Product Example Store 2"),
        ({"contact": "s3@example.com"}, "Contact s3@example.com Endpoint"),
    ],
)
def test_page_names_the_product_and_who_answers_for_it(product: Any, said: str) -> None:
    made = document()
    made["endpoint"]["product"] = product
    assert said in text_of(report.html([made]))


def test_page_when_the_run_has_no_row_is_rendered() -> None:
    assert "0 of 0 rows agree" in text_of(report.html([empty()]))
    assert "None among the decided rows." in report.markdown([empty()])
    assert report.terminal(empty())[1] == "hazards: none"
    assert report.shields(empty())["message"] == "0/0 as documented"


def test_findings_when_many_operations_share_a_feature_name_it_once() -> None:
    made = many({f"Operation{number}": "ignored" for number in range(5)})
    text = report.markdown([made])
    assert text.count("<code>If-Match</code> on 5 operations: <code>Operation0</code>") == 2
    assert report.terminal(made)[1] == (
        "hazards: ❗ 5 (5 in features documented as supported): 5 silent (If-Match on 5 operations)"
    )


def test_findings_list_hazards_of_implemented_rows_first() -> None:
    """Whoever keeps to the documentation meets these."""
    made = document()
    for row in made["rows"]:
        row["hazard"] = "silent" if row["id"] in ("GetBucketAcl", "PutObject") else None
    made["summary"] = results.summarise(made["rows"])
    assert [found.row["id"] for found in build_view([made]).hazards] == [
        "PutObject",
        "GetBucketAcl",
    ]
    page = report.html([made])
    urgent, _, others = page.partition("<h3>In what is documented as unsupported")
    assert (
        'href="#PutObject">PutObject</a>'
        in urgent.partition("<h3>In what is documented as implemented")[2]
    )
    assert 'href="#GetBucketAcl">GetBucketAcl</a>' in others.partition("</details>")[0]


def test_terminal_when_there_are_many_findings_names_three_and_counts_the_others() -> None:
    made = document()
    for row in made["rows"]:
        row["hazard"] = "silent"
    made["summary"] = results.summarise(made["rows"])
    line = report.terminal(made)[1]
    assert line.startswith(
        "hazards: ❗ 12 (7 in features documented as supported): "
        "12 silent (Region/auto/signing, ListBuckets, "
    )
    assert line.endswith(" and 9 more)")


def test_terminal_names_the_file_of_the_evidence() -> None:
    said = "each row's evidence: -v, or --report FILE.html"
    assert report.terminal(document())[2].endswith(said)


@pytest.mark.parametrize(
    ("words", "color"),
    [
        ({"A": "supported"}, "#1f7a4d"),
        ({"A": "rejected"}, "#9a5b00"),
        ({"A": "ignored"}, "#b3261e"),
    ],
)
def test_badge_when_any_row_diverges_is_not_green(words: dict[str, str], color: str) -> None:
    made = many(words)
    assert report.shields(made)["color"] == color
    assert f'fill="{color}"' in report.badge(made)


def test_badge_loads_nothing_and_has_a_title() -> None:
    badge = report.badge(document())
    assert badge.count("http") == 1, "the namespace"
    assert 'role="img" aria-labelledby="t"' in badge
    assert '<title id="t">Store A against Cloudflare R2 table: 6 of 12 rows' in badge


def test_page_of_several_endpoints_has_one_column_each() -> None:
    other = document(label="Store B", url="https://b.example", ListBuckets="rejected")
    page = report.html([document(), other])
    row = page.partition('<tr id="ListBuckets"')[2].partition("</tr>")[0]
    cells = [text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
    assert cells[:3] == ["✅ implemented", "✅ supported", "❌ rejected missing"]
    assert "data-change" not in page
    assert "| ✅&nbsp;supported | ❌&nbsp;rejected, **missing** |" in report.markdown(
        [document(), other]
    )


def test_titles_of_several_runs_are_distinct() -> None:
    same = [document(), document(), document(started="2026-11-29T12:00:00Z")]
    assert [column.title for column in build_view(same).columns] == [
        "Store A, 2026-11-22 12:00 UTC (1)",
        "Store A, 2026-11-22 12:00 UTC (2)",
        "Store A, 2026-11-29 12:00 UTC (3)",
    ]


LATER = {"started": "2026-11-29T12:00:00Z"}


def test_changes_of_two_runs_of_one_endpoint_follow_their_dates() -> None:
    after = document(**LATER, **{"PutObject/If-Match": "supported", "ListBuckets": "rejected"})
    for runs in ([document(), after], [after, document()]):
        comparison = compare(build_view(runs))
        assert comparison is not None
        found = {row.line.claim["id"]: row.change for row in comparison.rows}
        assert found == {"ListBuckets": Change.BROKEN, "PutObject/If-Match": Change.FIXED}
        assert [row.change for row in comparison.rows] == [Change.BROKEN, Change.FIXED]
        assert "1 broken, 1 fixed, 0 changed since 2026-11-22" in text_of(report.html(runs))


def test_changes_when_runs_are_labelled_use_the_labels() -> None:
    runs = [document(label="before"), document(label="after", **LATER)]
    comparison = compare(build_view(runs))
    assert comparison is not None
    assert comparison.rows == ()
    assert "Nothing changed from before to after." in report.markdown(runs)


def test_changes_when_endpoints_differ_are_not_shown() -> None:
    assert compare(build_view([document(), document(url="https://b.example")])) is None
    assert compare(build_view([document(), document(), document()])) is None
    assert compare(build_view([document()])) is None


def row(observed: str, divergence: str, hazard: str | None = None) -> Any:
    return {"observed": observed, "divergence": divergence, "hazard": hazard, "checks": []}


def partial(**outcomes: str) -> Any:
    """A row that is partial, by check and weight: `seam_promise="wrong"`."""
    checks = [
        {"id": name.rpartition("_")[0], "weight": name.rpartition("_")[2], "outcome": outcome}
        for name, outcome in outcomes.items()
    ]
    return {**row("partial", "partial"), "checks": checks}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (row("supported", "none"), row("supported", "none"), None),
        (row("supported", "none"), row("rejected", "missing"), Change.BROKEN),
        (row("supported", "none"), row("partial", "partial"), Change.BROKEN),
        (row("rejected", "none"), row("ignored", "none", "silent"), Change.BROKEN),
        (row("ignored", "none", "silent"), row("rejected", "none"), Change.FIXED),
        (row("rejected", "missing"), row("supported", "none"), Change.FIXED),
        (row("rejected", "missing"), row("partial", "partial"), Change.CHANGED),
        (row("rejected", "none"), row("supported", "undocumented"), Change.CHANGED),
        (row("rejected", "none"), row("ignored", "none"), Change.CHANGED),
        (row("unknown", "undecided"), row("rejected", "missing"), Change.CHANGED),
        (row("supported", "none"), row("unknown", "undecided"), Change.CHANGED),
        (
            partial(a_promise="wrong", b_promise="held"),
            partial(a_promise="wrong", b_promise="wrong"),
            Change.BROKEN,
        ),
        (
            partial(a_promise="wrong", b_promise="ignored"),
            partial(a_promise="wrong", b_promise="held"),
            Change.FIXED,
        ),
        (
            partial(a_promise="wrong", b_promise="held"),
            partial(a_promise="held", b_promise="wrong"),
            Change.CHANGED,
        ),
        (
            partial(a_promise="wrong", q_detail="held"),
            partial(a_promise="wrong", q_detail="wrong"),
            Change.CHANGED,
        ),
        (partial(a_promise="wrong"), partial(a_promise="ignored"), None),
        (row("partial", "partial"), partial(a_promise="wrong"), None),
        (None, row("supported", "none"), Change.CHANGED),
        (row("supported", "none"), None, Change.CHANGED),
    ],
)
def test_change_of_a_row_is_named_by_its_two_words(
    before: Any, after: Any, change: Change | None
) -> None:
    assert became(before, after) == change


def test_results_when_contradictory_are_not_rendered() -> None:
    made = document()
    made["rows"].append(made["rows"][0])
    for rendering in (report.terminal, report.badge, report.shields):
        with pytest.raises(ResultsError, match="occurs 2 times"):
            rendering(made)
    for renderings in (report.html, report.markdown):
        with pytest.raises(ResultsError, match="occurs 2 times"):
            renderings([made])
