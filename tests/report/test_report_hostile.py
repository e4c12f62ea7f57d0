"""Nothing that a server says runs, loads, moves the cursor or breaks a table.

What a browser makes of the page is in `tests/browser`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from defusedxml import ElementTree

from conformance import report, results
from tests.golden.small import document
from tests.hostile_text import PAYLOAD, hostile
from tests.packed import TEMPLATE, packed_in

UNSEEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\ufeff\ud800-\udfff\U000e0041]"
)
OWN: Final = (
    "html head meta title style body header main footer section p a h1 h2 h3 h4 span strong em b i "
    "time ul li figure div details summary table thead tbody tr th td colgroup col form label "
    "input select option output button noscript small dl dt dd script nav template "
    "svg symbol path rect circle use"
)


class Page(HTMLParser):
    """Elements and attributes as a browser without scripts would find them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._in_script = tag == "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def test_hostile_document_is_valid(tmp_path: Path) -> None:
    """Otherwise these tests would show nothing: the reader would have refused it."""
    results.write(tmp_path / "r.json", hostile())
    made = json.dumps(results.read(tmp_path / "r.json"))
    assert made.count("document.title") > 100


@pytest.fixture(scope="module", params=[1, 2, 3], ids=["one run", "two runs", "three runs"])
def page(request: pytest.FixtureRequest) -> str:
    return report.html([hostile(str(number)) for number in range(request.param)])


def test_page_has_only_its_own_elements(page: str) -> None:
    parsed = Page(page)
    assert set(parsed.tags) <= set(OWN.split())
    assert parsed.tags.count("script") == 1
    assert "pwned" not in "".join(parsed.scripts)
    assert page.count("<noscript>") == page.count("</noscript>") > 0
    assert page.count("<template") == len(TEMPLATE.findall(page)) > 0, "Base64 and nothing else"


def test_page_has_only_its_own_attributes(page: str) -> None:
    for tag, name, value in Page(page).attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"src", "srcset", "style", "srcdoc", "action", "formaction", "autofocus"}
        if name == "href":
            assert value.startswith(("#", "https://")), value
            assert not re.search(r"\s", value)


def test_page_allows_its_own_script_and_style_alone(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for kind, directive in (("script", "script-src"), ("style", "style-src")):
        text = re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy[1].replace("&#39;", "'")
    assert "unsafe" not in policy[1]


def test_page_shows_what_could_not_be_seen(page: str) -> None:
    assert not UNSEEN.search(page)
    assert "\\u202egnp.exe" in page
    made = json.dumps(packed_in(page), ensure_ascii=False)
    assert not UNSEEN.search(made)
    assert "\\u202egnp.exe" in made


def test_page_when_ids_are_hostile_keeps_the_rows_links(page: str) -> None:
    """A permalink leads to its row, whatever the row is called."""
    parsed = Page(page)
    ids = {value for _, name, value in parsed.attributes if name == "id"}
    assert sum("ListBuckets" in it for it in ids) == 2
    assert all(not re.search(r"\s", it) for it in ids)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_markdown_when_the_server_sends_markup_is_inert(count: int) -> None:
    text = report.markdown([hostile(str(number)) for number in range(count)])
    assert text.startswith("## INCOMPLETE: ")
    assert not UNSEEN.search(text)
    tags = set(re.findall(r"</?[a-z!?][^>]*>?", text, re.IGNORECASE))
    assert tags <= {
        "<details>", "<details open>", "</details>", "<summary>", "</summary>", "<code>", "</code>",
    }  # fmt: skip
    assert not re.search(r"(?<!\\)[\[\]`]", text), "links, images and code need these"
    assert "@someone" not in text
    assert "#1" not in text
    assert "://" not in text
    assert "$" not in text
    for line in text.splitlines():
        assert not re.match(r"\s*(#\s|-\s|\d+\.\s|```|    )", line), line
    _assert_tables_are_whole(text)


def _assert_tables_are_whole(text: str) -> None:
    columns = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        if line.startswith("|"):
            columns = columns or cells
            assert cells == columns, line
        else:
            assert cells == 0, line
            columns = 0


def test_terminal_when_the_server_sends_lines_has_three_lines() -> None:
    lines = report.terminal(hostile())
    assert len(lines) == 4
    assert lines[0].startswith("INCOMPLETE")
    for line in lines:
        assert not UNSEEN.search(line)
        assert "\n" not in line
        assert len(line) < 1200


def test_badge_is_plain_xml() -> None:
    for made in (hostile(), document()):
        root = ElementTree.fromstring(report.badge(made), forbid_dtd=True)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "clipPath", "rect", "g", "text"}
        names = {name for element in root.iter() for name in element.attrib}
        assert not any(name.startswith(("on", "href", "{")) for name in names)
        assert not UNSEEN.search(report.badge(made))


def test_shields_json_has_no_control_characters() -> None:
    made = report.shields(hostile())
    assert made["isError"] is True
    assert made["message"] == "incomplete"
    assert not UNSEEN.search(made["label"])
    assert PAYLOAD not in made["label"]
