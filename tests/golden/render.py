"""Renders the small documents; run as a program, it rewrites the golden files.

python -m tests.golden.render
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from conformance import report
from conformance.report.page import page_script
from conformance.report.rendering import asset
from tests.golden.small import cut_short, document
from tests.packed import TEMPLATE, unpacked

HERE: Final = Path(__file__).parent
LATER: Final = {
    "started": "2026-11-29T12:00:00Z",
    "PutObject/If-Match": "supported",
    "ListBuckets": "rejected",
    "GetBucketAcl": "supported",
}
OTHER: Final = {"label": "Store B", "url": "https://b.example", "PutObject/If-Match": "rejected"}


def renderings() -> dict[str, str]:
    """What the small documents are rendered to, by the golden file's name."""
    one, cut = document(), cut_short()
    later, other = document(**LATER), document(**OTHER)
    return {
        "one.html": _without_assets(report.html([one])),
        "changes.html": _without_assets(report.html([one, later])),
        "one.md": report.markdown([one]),
        "two.md": report.markdown([one, other]),
        "changes.md": report.markdown([one, later]),
        "incomplete.md": report.markdown([cut]),
        "one.txt": "\n".join(report.terminal(one)) + "\n",
        "incomplete.txt": "\n".join(report.terminal(cut)) + "\n",
        "one.svg": report.badge(one),
        "shields.json": json.dumps(report.shields(one), indent=1) + "\n",
    }


def _without_assets(page: str) -> str:
    """The page without style and script, which have files of their own, and their digests.

    What is packed is unpacked: not every zlib compresses to the same bytes.
    """
    page = TEMPLATE.sub(
        lambda it: f"{it[1]}: {json.dumps(unpacked(it[2]), ensure_ascii=False, indent=1)}", page
    )
    lines = page.replace(asset("report.css"), "").replace(page_script(), "").splitlines()
    return "\n".join(line for line in lines if "Content-Security-Policy" not in line) + "\n"


def main() -> None:
    for name, text in renderings().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
