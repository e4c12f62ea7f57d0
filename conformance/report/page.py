"""The HTML report: one file that needs nothing else, for a browser, a phone or a printer.

The table of rows is markup and can be read and printed without scripts. Evidence, which is most of
a run and is looked at one row at a time, is compressed (see `evidence`); where scripts do not run,
a sentence says so. A page of more than two endpoints has its columns in the order of what they
support of what is documented as implemented.

A Content-Security-Policy names the page's own script and style by their digests and allows
nothing more, so that text which slipped through escaping could still neither run nor load.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

from conformance.report.changes import CHANGES, compare
from conformance.report.evidence import packed, packed_reasons
from conformance.report.rendering import as_markup, asset, environment
from conformance.report.view import build_view
from conformance.report.vocabulary import (
    DIFFERS,
    DIVERGENCE_MEANS,
    HAZARD_MEANS,
    OBSERVED_MEANS,
)
from conformance.results import Document
from conformance.verdict import HAZARDS_BY_URGENCY, Divergence, Documented, Observed

# So many columns leave room for words; more are signs, in the order of merit.
_ROOMY: Final = 2
# How rows are drawn in the picture: class, what it means, and the filter that lists them.
LEGEND: Final = (
    ("present", "as documented, supported", "divergence=none&observed=present"),
    ("absent", "as documented, unsupported", "divergence=none&observed=absent"),
    ("missing", "missing", "divergence=missing"),
    ("partial", "partial", "divergence=partial"),
    ("undocumented", "undocumented", "divergence=undocumented"),
    ("undecided", "undecided", "divergence=undecided"),
    ("hazards", "hazards", "hazard=any"),
)


def html(documents: Sequence[Document]) -> str:
    """Render a page of one run, or of several with one column each.

    Args:
        documents: as `results.read` gives them; of one vendor's table.

    Raises:
        ResultsError: no document, an inconsistent one, or documents of different tables.
    """
    view = build_view(documents)
    if len(view.columns) > _ROOMY:
        view = view.ranked()
    comparison, several = compare(view), len(view.columns) > 1
    script = page_script()
    style = f"{asset('report.css')}:root {{ --n: {len(view.columns)} }}\n"
    return (
        environment("html")
        .get_template("report.html")
        .render(
            view=view,
            columns=view.columns,
            several=several,
            beside=several and comparison is None,
            many=len(view.columns) > _ROOMY,
            style=as_markup(style),
            script=as_markup(script),
            style_digest=_digest(style),
            script_digest=_digest(script),
            evidence=[
                packed((line.cells[index] for line in view.lines), failed=several)
                for index in range(len(view.columns))
            ],
            reasons=packed_reasons(line.cells for line in view.lines),
            legend_words=LEGEND,
            observed_means=OBSERVED_MEANS,
            divergence_means=DIVERGENCE_MEANS,
            hazard_means=HAZARD_MEANS,
            comparison=comparison,
            changes=CHANGES,
            documented_words=tuple(Documented),
            observed_words=tuple(Observed),
            divergence_words=tuple(Divergence),
            differs=DIFFERS,
            hazard_words=HAZARDS_BY_URGENCY,
            groups=sorted({line.claim["group"] for line in view.lines if line.claim["group"]}),
        )
    )


def page_script() -> str:
    """The page's one script, of which its policy has the digest."""
    return "\n".join(asset(name) for name in ("evidence.js", "columns.js", "report.js"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
