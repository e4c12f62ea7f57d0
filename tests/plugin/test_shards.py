"""`--shard` and the options that say what was tested: a results file to merge and to publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import cli, results
from conformance.plugin.shards import left_out
from tests.plugin.test_terminal import MATRIX, ROWS


@pytest.fixture
def here(pytester: pytest.Pytester) -> Path:
    (pytester.path / "m.yaml").write_text(MATRIX)
    return pytester.path


def test_shards_have_every_row_once_whatever_their_order(
    pytester: pytest.Pytester, here: Path
) -> None:
    items, _ = pytester.inline_genitems("m.yaml", "-p", "no:cacheprovider")
    for count in (1, 2, 3, ROWS + 1):
        shards = []
        for index in range(1, count + 1):
            left = {item.nodeid for item in left_out(items[::-1], index, count)}
            shards.append([item.nodeid for item in items if item.nodeid not in left])
        assert sorted(it for shard in shards for it in shard) == sorted(it.nodeid for it in items)
        assert max(map(len, shards)) - min(map(len, shards)) <= 1
        assert shards[0] == [item.nodeid for item in items][::count]


@pytest.mark.parametrize("how", [[], ["-n", "1"]])
def test_shards_of_a_run_merge_to_the_run(
    pytester: pytest.Pytester, here: Path, how: list[str]
) -> None:
    product = ["--vendor", "V", "--product", "P", "--product-version", "2", "--contact", "a@v"]
    for index in ("1", "2"):
        output = ["--results", f"{index}.json", "--sarif", f"{index}.sarif"]
        pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "m.yaml", "-k", "HeadObject or GetObject/Range or GetObject",
            "--shard", f"{index}/2", *output, *product, *how,
        )  # fmt: skip
    parts = [results.read(f"{index}.json") for index in (1, 2)]
    assert [part["run"].get("shard") for part in parts] == [
        {"index": 1, "count": 2},
        {"index": 2, "count": 2},
    ]
    assert cli.main(["merge", "1.json", "2.json", "-o", "all.json"]) == 0
    merged = results.read("all.json")
    assert merged["complete"]
    assert [row["id"] for row in merged["rows"]][:4] == [
        "HeadObject", "HeadObject/Range", "GetObject", "GetObject/Range",
    ]  # fmt: skip
    assert merged["endpoint"]["label"] == "P 2"
    assert merged["endpoint"].get("product") == {
        "vendor": "V", "name": "P", "version": "2", "contact": "a@v",
    }  # fmt: skip
    assert '"uri": "m.yaml"' in (here / "1.sarif").read_text()
    assert '"startLine": 16' in (here / "1.sarif").read_text()
