"""The table of clients and servers, its page, and what each client sends."""

from pathlib import Path

from lab.clients import CLIENTS
from lab.clients_report import page
from lab.exchanges import Exchange
from lab.scenario import STEPS
from lab.sent import forms, operation, read_sent, to_json
from lab.servers import SERVERS
from lab.table import Cell, Table, read_table
from lab.trial import Outcome, Result

CLIENT, SERVER = CLIENTS["boto3"], SERVERS["garage"]


def exchange(
    method: str, path: str, parts: dict[str, str] | None = None, status: int | None = 200
) -> Exchange:
    parts = parts or {}
    names = ["Host", *(name for name in parts if name.startswith("x-amz"))]
    return Exchange(
        step="put-small",
        method=method,
        path=path,
        query=[(name, value) for name, value in parts.items() if not name.startswith("x-amz")],
        names=names,
        values={name: value for name, value in parts.items() if name.startswith("x-amz")},
        status=status,
    )


def failed(*exchanges: Exchange, step: str = "put-small") -> Result:
    return Result(step=step, outcome=Outcome.FAILS, detail="it is | other", exchanges=exchanges)


def table(*results: Result) -> Table:
    cell = Cell.of(CLIENT.name, SERVER.name, results)
    return Table().with_cells([cell], server=SERVER, clients=[CLIENT])


PUT = exchange("PUT", "/b/k", {"x-amz-trailer": "x-amz-checksum-crc32"}, 501)
WORKS = Result(step="get", outcome=Outcome.WORKS)
LACKS = Result(step="tags", outcome=Outcome.NOT_OFFERED)


def test_culprit_when_requests_are_refused_is_the_first_of_those() -> None:
    after = exchange("GET", "/b/k")

    again = exchange("DELETE", "/b/k", status=None)

    assert failed(exchange("PUT", "/b/j"), PUT, again, after).culprit is PUT


def test_culprit_when_none_is_refused_is_the_last_that_wrote() -> None:
    wrote = exchange("PUT", "/b/k")

    assert failed(wrote, exchange("GET", "/b/k")).culprit is wrote
    assert failed().culprit is None


def test_culprit_when_a_refusal_belongs_to_the_step_is_another() -> None:
    missing = exchange("HEAD", "/b/k", status=404)
    wrong = exchange("PUT", "/b/k", status=500)

    assert failed(wrong, missing, step="copy").culprit is wrong


def test_table_when_written_and_read_is_the_same(tmp_path: Path) -> None:
    written = table(failed(PUT), WORKS, LACKS)
    (tmp_path / "t.json").write_text(written.to_json(), encoding="utf-8")

    assert read_table(tmp_path / "t.json") == written
    assert read_table(tmp_path / "missing.json") == Table()


def test_table_when_a_cell_is_played_again_holds_the_new_one() -> None:
    again = Cell.of(CLIENT.name, SERVER.name, [WORKS])
    now = table(failed(PUT)).with_cells([again], server=SERVER, clients=[CLIENT])

    assert now.cells == (again,)


def test_page_when_a_step_fails_shows_request_answer_and_that_it_is_not_traced() -> None:
    shown = page(table(failed(PUT), WORKS, LACKS))

    assert "fails 1/2" in shown
    assert "`PUT /b/k` `x-amz-trailer: x-amz-checksum-crc32`" in shown
    assert "501; it is \\| other" in shown
    assert "no row" in shown


def test_page_when_all_work_has_no_failure_and_lists_every_step() -> None:
    shown = page(table(WORKS, LACKS))

    assert "works 1" in shown
    assert f"### {SERVER.label}" not in shown
    assert all(f"`{step.name}`" in shown for step in STEPS)


def test_operation_when_named_tells_copies_parts_and_what_is_unknown() -> None:
    copied = exchange("PUT", "/b/k", {"x-amz-copy-source": "/b/j"})
    part = exchange("PUT", "/b/k", {"partNumber": "1", "uploadId": "…"})
    odd = exchange("POST", "/b", {"restore": ""})

    names = [operation(each.document()) for each in (copied, part, odd, exchange("GET", "/"))]
    assert names == ["CopyObject", "UploadPart", "POST ?restore", "ListBuckets"]


def test_forms_when_requests_differ_only_in_key_and_checksum_are_one(tmp_path: Path) -> None:
    first = exchange("PUT", "/b/k", {"x-amz-checksum-crc32": "AAAAAA=="})
    second = exchange("PUT", "/b/j", {"x-amz-checksum-crc32": "BBBBBB=="})
    third = exchange("PUT", "/b/j", {"x-amz-checksum-sha1": "x"})
    found = forms(each.document() for each in (first, second, third))
    (tmp_path / "sent.json").write_text(to_json({"a": found, "b": []}, server="s"))

    assert [list(each["values"]) for each in found] == [
        ["x-amz-checksum-crc32"],
        ["x-amz-checksum-sha1"],
    ]
    assert "status" not in found[0]
    assert read_sent(tmp_path / "sent.json") == {"a": found, "b": []}
