"""Hazards as SARIF 2.1.0, which code scanning services read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html. A result stands at
the matrix, which is the file of a repository that a hazard is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from conformance.report.rendering import one_line, shortened
from conformance.report.tally import relied_on
from conformance.results import Document, ResultRow
from conformance.verdict import HAZARDS_BY_URGENCY, Hazard

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
URL: Final = "https://github.com/s3-conformance/s3-conformance"
MEANING: Final = {
    Hazard.SILENT: "A security feature is accepted and ignored.",
    Hazard.DESTRUCTIVE: "The request is carried out as another one and destroys or changes data.",
    Hazard.CORRUPTING: "Wrong bytes are stored or served.",
}
_TEXT: Final = 1000


def sarif(
    documents: Sequence[Document],
    *,
    path: str | None = None,
    lines: Mapping[str, int] | None = None,
) -> str:
    """Render the hazards of runs as one SARIF log, a run each.

    A hazard in a feature that is documented as supported is an error, another one a warning.

    Args:
        documents: the runs.
        path: of the matrix, from the root of its repository; its name if None.
        lines: of the rows in the matrix, counted from 1; the first if they are not known.
    """
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [_run(it, path or it["run"]["spec"]["name"], lines or {}) for it in documents],
    }
    return json.dumps(log, indent=1) + "\n"


def _run(document: Document, path: str, lines: Mapping[str, int]) -> dict[str, Any]:
    endpoint, run = document["endpoint"], document["run"]
    return {
        "tool": {
            "driver": {
                "name": "s3-conformance",
                "semanticVersion": run["suite_version"],
                "informationUri": URL,
                "rules": [
                    {
                        "id": f"s3-hazard/{hazard}",
                        "name": f"{hazard.value.capitalize()}Hazard",
                        "shortDescription": {"text": MEANING[hazard]},
                        "helpUri": f"{URL}/blob/main/docs/verdicts.md",
                    }
                    for hazard in HAZARDS_BY_URGENCY
                ],
            }
        },
        "automationDetails": {"id": f"s3-conformance/{run['spec']['name']}/"},
        "invocations": [
            {"executionSuccessful": document["complete"], "startTimeUtc": run["started"]}
        ],
        "results": [*_results(document, path, lines)],
        "properties": {"endpoint": one_line(endpoint["label"] or endpoint["url"])},
    }


def _results(document: Document, path: str, lines: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    hazards = list(HAZARDS_BY_URGENCY)
    for row in document["rows"]:
        if row["hazard"]:
            yield {
                "ruleId": f"s3-hazard/{row['hazard']}",
                "ruleIndex": hazards.index(Hazard(row["hazard"])),
                "level": "error" if relied_on(row) else "warning",
                "message": {"text": shortened(_message(row), _TEXT)},
                "locations": [_location(row, path, lines.get(row["id"], 1))],
                "partialFingerprints": {"row/v1": f"{row['id']} {row['hazard']}"},
                "properties": {"documented": row["documented"], "observed": row["observed"]},
            }


def _message(row: ResultRow) -> str:
    words = f"documented as {row['documented']}, observed {row['observed']}"
    return f"{row['id']} is {words} ({row['hazard']} hazard): {row['reason']}"


def _location(row: ResultRow, path: str, line: int) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path)},
            "region": {"startLine": line},
        },
        "logicalLocations": [{"fullyQualifiedName": row["id"], "kind": "member"}],
    }
