"""What a run notes of itself and of each row in the results file."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from conformance.matrix import Matrix, Row
from conformance.probing import PROBES
from conformance.results import ResultRow, Spec, StoredCheck
from conformance.run.refusals import with_refusal
from conformance.run.sighting import Sighting
from conformance.verdict import CheckResult, divergence, quirks_of

LIBRARIES: Final = ("boto3", "botocore", "requests", "urllib3", "pytest", "pytest-xdist", "moto")


def stored_row(row: Row, sighting: Sighting) -> ResultRow:
    """A row of the results file."""
    observation = with_refusal(row, sighting)
    stored: ResultRow = {
        "id": row.id,
        "level": row.level,
        "operation": row.operation,
        "group": row.group,
        "feature": row.feature,
        "documented": row.documented.value,
        "note": row.note,
        "observed": observation.observed.value,
        "decided_by": observation.decided_by.value,
        "divergence": divergence(row.documented, observation.observed, refusal=row.refusal).value,
        "hazard": observation.hazard.value if observation.hazard else None,
        "reason": observation.reason,
        "promise": probe.promise if (probe := PROBES.get(row.id)) else None,
        "checks": [stored_check(check) for check in observation.checks],
        "quirks": quirks_of((check.weight, check.outcome) for check in observation.checks),
        "seconds": round(sighting.seconds, 4),
        "exchanges": list(sighting.exchanges),
    }
    if row.refusal:
        stored["refusal"] = row.refusal
    if sighting.repeats:
        stored["repeats"] = [
            {
                "observed": it.observed.value,
                "hazard": it.hazard.value if it.hazard else None,
                "reason": it.reason,
            }
            for it in sighting.repeats
        ]
    return stored


def stored_check(check: CheckResult) -> StoredCheck:
    """A check of the results file."""
    return {
        "id": check.id,
        "weight": check.weight.value,
        "outcome": check.outcome.value,
        "expected": check.expected,
        "observed": check.observed,
        "source": check.source,
        "hazard": check.hazard.value if check.hazard else None,
        "exchanges": list(check.exchanges),
    }


def spec_of(matrix: Matrix) -> Spec:
    """Which matrix was run, as the results file has it."""
    return {
        "name": matrix.path.name,
        "vendor": matrix.vendor,
        "source": matrix.source,
        "published": matrix.published.isoformat() if matrix.published else None,
        "retrieved": matrix.retrieved.isoformat() if matrix.retrieved else None,
        "sha256": matrix.sha256,
    }


def libraries(names: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Versions of what the observations rest on."""
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def now() -> str:
    """The time as the results file has it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
