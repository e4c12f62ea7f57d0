"""The HTML report: one file that needs nothing else, for a browser, a phone or a printer.

Evidence is most of the file and is looked at one row at a time, so it is kept as markup inside
`<noscript>`. Where scripts run, a browser takes that for plain text and builds nothing from it,
however many endpoints there are; the script turns a row's evidence into elements when it is
opened. Where scripts do not run, the same markup is part of the page, and `<details>` opens it.
There is one copy, it can be searched with grep, and Jinja escapes it like everything else.

A Content-Security-Policy names the page's own script and style by their digests and allows
nothing more, so that text which slipped through escaping could still neither run nor load.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

from conformance.report.changes import CHANGES, compare
from conformance.report.rendering import as_markup, asset, environment
from conformance.report.view import build_view
from conformance.report.vocabulary import (
    DIFFERS,
    DIVERGENCE_MEANS,
    HAZARD_MEANS,
    LEVELS,
    OBSERVED_MEANS,
)
from conformance.results import Document
from conformance.verdict import HAZARDS_BY_URGENCY, Divergence, Documented, Observed

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
    script = asset("report.js")
    style = f"{asset('report.css')}:root {{ --n: {len(view.columns)} }}\n"
    return (
        environment("html")
        .get_template("report.html")
        .render(
            view=view,
            several=len(view.columns) > 1,
            style=as_markup(style),
            script=as_markup(script),
            style_digest=_digest(style),
            script_digest=_digest(script),
            levels=LEVELS,
            legend_words=LEGEND,
            observed_means=OBSERVED_MEANS,
            divergence_means=DIVERGENCE_MEANS,
            hazard_means=HAZARD_MEANS,
            comparison=compare(view),
            changes=CHANGES,
            documented_words=tuple(Documented),
            observed_words=tuple(Observed),
            divergence_words=tuple(Divergence),
            differs=DIFFERS,
            hazard_words=HAZARDS_BY_URGENCY,
            groups=sorted({line.claim["group"] for line in view.lines if line.claim["group"]}),
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
