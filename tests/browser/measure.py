"""What the report weighs, and how long a reader waits for it.

    python -m tests.browser.measure

The whole matrix at one endpoint and at eight: bytes, bytes as a web server would send them, and the
median time from opening the file to the first paint and to the last row in its place.
"""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from conformance import report
from conformance.matrix import load
from conformance.results import Document
from tests.golden.make_results import make

MATRIX: Final = Path(__file__).parents[2] / "specs" / "r2.yaml"
TIMES: Final = 5
# The first paint, and the end of the layout of all there is: both since the file was opened.
WAITED: Final = """async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    document.body.getBoundingClientRect();
    const whole = performance.now();
    await frame();
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return [paint ? paint.startTime : whole, whole];
}"""


def documents(count: int) -> list[Document]:
    """Results of as many endpoints."""
    claims: list[Any] = [row.flat() for row in load(MATRIX).rows]
    return [
        make(claims, f"Store {number}", f"http://127.0.0.1:74{number:02}")
        for number in range(count)
    ]


def waited(browser: Any, url: str) -> tuple[float, float]:
    """Milliseconds to the first paint and to the last row, in a browser that has seen nothing."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(url)
    paint, whole = page.evaluate(WAITED)
    page.close()
    return paint, whole


def main() -> int:
    """Print one line for each number of endpoints."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for count in (1, 8):
            found = documents(count)
            page = Path(directory, f"{count}.html")
            page.write_text(report.html(found), encoding="utf-8")
            data = page.read_bytes()
            times = [waited(browser, page.as_uri()) for _ in range(TIMES)]
            paint, whole = (statistics.median(each) for each in zip(*times, strict=True))
            print(
                f"{len(found[0]['rows'])} rows, endpoints: {count}, {len(data):,} bytes "
                f"({len(gzip.compress(data)):,} compressed), first paint {paint:.0f} ms, "
                f"last row {whole:.0f} ms"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
