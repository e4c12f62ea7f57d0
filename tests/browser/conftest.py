"""A browser, and pages made of the whole matrix to look at in it.

Playwright is no dependency of the project: without it, or without a Chromium, these tests are
skipped. To run them: `tox -e browser`, with a chromium on the PATH or named by CHROMIUM, or after
`playwright install chromium`. axe-core comes with axe-playwright-python.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from conformance import report, results
from conformance.matrix import load
from conformance.verdict import Divergence, Documented, Observed, divergence
from tests.golden.make_results import make
from tests.hostile_text import hostile

MATRIX: Final = Path(__file__).parents[2] / "specs" / "r2.yaml"
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium: Playwright's own, or the system's."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_api.sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
            )
        except sync_api.Error as error:
            pytest.skip(f"no chromium can be started: {str(error).splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, the script that looks for barriers."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def _later(document: results.Document) -> results.Document:
    """The same endpoint a week later: one row broken, one fixed, one changed."""
    later = copy.deepcopy(document)
    later["run"]["started"] = "2026-11-29T12:00:00Z"
    for was, documented, becomes in (
        (Divergence.NONE, Documented.IMPLEMENTED, Observed.REJECTED),
        (Divergence.MISSING, Documented.IMPLEMENTED, Observed.SUPPORTED),
        (Divergence.UNDOCUMENTED, Documented.UNIMPLEMENTED, Observed.REJECTED),
    ):
        row = next(
            row
            for row, old in zip(later["rows"], document["rows"], strict=True)
            if (old["divergence"], old["documented"], old["hazard"]) == (was, documented, None)
        )
        row["observed"] = becomes.value
        row["divergence"] = divergence(documented, becomes).value
        row["reason"] = f"This week it was {becomes}."
    later["summary"] = results.summarise(later["rows"])
    return later


@pytest.fixture(scope="session")
def documents() -> dict[str, Sequence[results.Document]]:
    """What the pages are made of, by the page's name."""
    claims: list[Any] = [row.flat() for row in load(MATRIX).rows]
    first = make(claims, "Store A", "http://127.0.0.1:7480")
    others = [make(claims, f"Store {n}", f"http://127.0.0.1:74{n}") for n in range(81, 88)]
    return {
        "one": [first],
        "two": [first, others[0]],
        "eight": [first, *others],
        "changes": [first, _later(first)],
        "hostile": [hostile()],
        "hostile-two": [hostile("1"), hostile("2")],
    }


@pytest.fixture(scope="session")
def pages(
    documents: dict[str, Sequence[results.Document]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """The path of a page by its name, rendered when it is first asked for."""
    directory = tmp_path_factory.mktemp("pages")

    def path(name: str) -> Path:
        file = directory / f"{name}.html"
        if not file.exists():
            file.write_text(report.html(documents[name]), encoding="utf-8")
        return file

    return path


@pytest.fixture
def visit(browser: Any, pages: Callable[[str], Path]) -> Iterator[Open]:
    """Open a page from file://; by the end it must have asked for nothing and said no error."""
    contexts: list[Any] = []
    seen: list[str] = []

    def asked(address: str, own: str) -> None:
        if address.partition("#")[0] != own:
            seen.append(f"request: {address}")

    def open_page(name: str, hash_: str = "", **options: Any) -> Any:
        options.setdefault("viewport", {"width": 1280, "height": 860})
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        url = pages(name).as_uri()
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: asked(request.url, url))
        page.goto(url + hash_)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert seen == []
