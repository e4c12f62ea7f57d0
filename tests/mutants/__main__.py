"""Score the probes on any endpoint: `python -m tests.mutants --endpoint-url URL`.

Credentials and region are found as boto3 finds them; without a URL the embedded endpoint is used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from conformance import probes
from conformance.probing import PROBES
from conformance.run import Settings, open_endpoint
from conformance.spec import load
from tests.mutants.mutations import KINDS
from tests.mutants.score import Backend, Outcome, score


def main() -> int:
    """Print the table; 1 if fewer than 98 of 100 mutants were caught or a verdict spilled over."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--matrix", default="specs/r2.yaml")
    parser.add_argument("--endpoint-url")
    parser.add_argument("--region")
    parser.add_argument("--profile")
    parser.add_argument("--alt-profile")
    parser.add_argument("--account-id")
    parser.add_argument("--kms-key-id")
    parser.add_argument("--bucket", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--row", action="append", default=[], help="only this row; repeatable")
    parser.add_argument("--json", type=Path, help="write every outcome")
    parser.add_argument("--no-collateral", action="store_true")
    options = parser.parse_args()
    probes.load_all()
    settings = Settings(
        endpoint_url=options.endpoint_url,
        region=options.region,
        profile=options.profile,
        alt_profile=options.alt_profile,
        account_id=options.account_id,
        kms_key_id=options.kms_key_id,
        buckets=tuple(options.bucket),
        allow_bucket_config=True,
    )
    rows = options.row or [row.id for row in load(options.matrix).rows if row.id in PROBES]
    with open_endpoint(settings) as endpoint:
        backend = Backend(endpoint=endpoint, buckets=settings.buckets)
        clean, outcomes = score(backend, rows, options.jobs, collateral=not options.no_collateral)
    if options.json:
        supported = [row for row, one in clean.items() if one.observation.observed == "supported"]
        document = {"supported": supported, "outcomes": [asdict(each) for each in outcomes]}
        options.json.write_text(json.dumps(document, indent=1))
    return _print(outcomes)


def _print(outcomes: list[Outcome]) -> int:
    for outcome in outcomes:
        if not outcome.caught:
            print(f"survived  {outcome.kind:<7} {outcome.row}: {outcome.reason}")
        for changed in outcome.collateral:
            print(f"spilled   {outcome.kind:<7} {outcome.row}: {changed}")
    total = Counter(outcome.kind for outcome in outcomes)
    caught = Counter(outcome.kind for outcome in outcomes if outcome.caught)
    for kind in KINDS:
        print(f"{kind:<7} {caught[kind]:>4} of {total[kind]}")
    share = sum(caught.values()) / max(sum(total.values()), 1)
    spilled = sum(len(outcome.collateral) for outcome in outcomes)
    print(f"caught  {share:.1%} of {sum(total.values())} mutants; {spilled} verdicts spilled over")
    return 0 if share >= 0.98 and not spilled else 1


if __name__ == "__main__":
    sys.exit(main())
