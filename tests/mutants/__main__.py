"""Score the probes: break rows one at a time, and see whether the verdict says so.

python -m tests.mutants                                  the embedded endpoint
python -m tests.mutants --lab ceph_rgw --json ceph.json  a server of the lab
python -m tests.mutants --endpoint-url URL               any other, with boto3's credentials
python -m tests.mutants --all-flags ignore               every feature at once
python -m tests.mutants vendor moto ceph_rgw             a vendor as documented, held to its table
python -m tests.mutants chaos moto ceph_rgw              does an unsteady way change a verdict?
python -m tests.mutants repeat moto --times 10           does another order?
python -m tests.mutants merge A.json B.json              the score over several
python -m tests.mutants all moto ceph_rgw minio          each in turn, and the score over them
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from conformance import probes
from conformance.matrix import Row, load
from conformance.probing import PROBES
from conformance.run import Settings
from tests.mutants import backends, every, runs, steady
from tests.mutants.backends import Backend
from tests.mutants.merge import Merged, Scored, verdict
from tests.mutants.mutations import IGNORE, KINDS, REFUSE
from tests.mutants.score import mutations, observe_all, score
from tests.mutants.steady import ROUGH, Weather


def main(argv: Sequence[str]) -> int:
    """Print the table; 1 if too few mutants were caught or a verdict spilled over."""
    probes.load_all()
    command = COMMANDS.get(argv[0]) if argv else None
    return command(argv[1:]) if command else _score(argv)


def _parser(name: str = "") -> argparse.ArgumentParser:
    """Options that say which rows."""
    parser = argparse.ArgumentParser(
        prog=f"python -m tests.mutants {name}".rstrip(),
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--matrix", default="specs/r2.yaml")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--row", action="append", default=[], help="only this row; repeatable")
    return parser


def _scoring(name: str = "") -> argparse.ArgumentParser:
    """Options that say which mutants."""
    parser = _parser(name)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this; repeatable")
    parser.add_argument("--all-probes", action="store_true", help="rows of no matrix too")
    parser.add_argument("--no-collateral", action="store_true")
    return parser


def _add_endpoint(parser: argparse.ArgumentParser) -> None:
    """Options that say which backend."""
    parser.add_argument("--lab", choices=backends.NAMES, help="a server of the lab, or moto")
    for name in ("endpoint-url", "region", "profile", "alt-profile", "account-id", "kms-key-id"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--destination-arn")
    parser.add_argument("--bucket", action="append", default=[])


def _backend(options: argparse.Namespace) -> AbstractContextManager[Backend]:
    if options.lab:
        return backends.named(options.lab)
    return backends.at(
        Settings(
            endpoint_url=options.endpoint_url,
            region=options.region,
            profile=options.profile,
            alt_profile=options.alt_profile,
            account_id=options.account_id,
            kms_key_id=options.kms_key_id,
            destination_arn=options.destination_arn,
            buckets=tuple(options.bucket),
            allow_bucket_config=True,
        )
    )


def _rows(options: argparse.Namespace) -> list[str]:
    known = [row.id for row in load(options.matrix).rows if row.id in PROBES]
    return options.row or list(dict.fromkeys([*known, *(PROBES if options.all_probes else ())]))


def _score(argv: Sequence[str]) -> int:
    parser = _scoring()
    parser.add_argument("--json", type=Path, help="write every outcome")
    parser.add_argument(
        "--all-flags",
        choices=(IGNORE, REFUSE),
        help="break every feature at once, and list those that are still said to be supported",
    )
    _add_endpoint(parser)
    options = parser.parse_args(argv)
    name = options.lab or options.endpoint_url or backends.EMBEDDED
    with _backend(options) as backend:
        if options.all_flags:
            return _every(backend, options)
        scored = _scored(name, backend, options)
    if options.json:
        scored.write(options.json)
    return _print(Merged.of([scored]))


def _every(backend: Backend, options: argparse.Namespace) -> int:
    rows = _rows(options)
    still, broken = every.supported(backend, rows, options.all_flags, options.jobs)
    for row in still:
        print(f"supported  {row}")
    print(f"{len(still)} of {broken} features are said to be supported")
    return 1 if still else 0


def _scored(name: str, backend: Backend, options: argparse.Namespace) -> Scored:
    clean = observe_all(backend, _rows(options), options.jobs)
    chosen = mutations(backend, clean, options.kind or KINDS)
    outcomes = score(backend, clean, chosen, options.jobs, collateral=not options.no_collateral)
    return Scored.of(name, clean, outcomes)


def _all(argv: Sequence[str]) -> int:
    parser = _scoring("all")
    parser.add_argument("names", nargs="+", choices=backends.NAMES, metavar="NAME")
    parser.add_argument("--output", type=Path, default=Path("results/mutants"))
    options = parser.parse_args(argv)
    each = []
    for name in options.names:
        with backends.named(name) as backend:
            each.append(_scored(name, backend, options))
        each[-1].write(options.output / f"{name}.json")
        print(f"{name}: {len(each[-1].outcomes)} mutants", flush=True)
    return _print(Merged.of(each))


def _merge(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants merge")
    parser.add_argument("files", nargs="+", type=Path, help="written with --json")
    parser.add_argument("--matrix", help="only the rows of this one")
    options = parser.parse_args(argv)
    scored = [Scored.read(path) for path in options.files]
    if options.matrix:
        rows = {row.id for row in load(options.matrix).rows}
        scored = [each.only(rows) for each in scored]
    return _print(Merged.of(scored))


def _vendor(argv: Sequence[str]) -> int:
    options = _named("vendor").parse_args(argv)
    matrix, status = load(options.matrix), 0
    for name in options.names:
        with backends.named(name) as backend:
            held = runs.held(backend, matrix, options.jobs)
        for line in held.lines():
            print(f"{name}: {line}")
        status |= bool(held.unexplained)
    return status


def _chaos(argv: Sequence[str]) -> int:
    parser = _named("chaos")
    parser.add_argument("--throttled", type=float, default=ROUGH.throttled, metavar="SHARE")
    parser.add_argument("--reset", type=float, default=ROUGH.reset, metavar="SHARE")
    parser.add_argument("--jitter", type=float, default=ROUGH.jitter, metavar="SECONDS")
    options = parser.parse_args(argv)
    weather = Weather(throttled=options.throttled, reset=options.reset, jitter=options.jitter)
    rows, status = _chosen(options), 0
    for name in options.names:
        with backends.named(name) as backend:
            changed = steady.shaken(backend, rows, options.jobs, weather, options.seed)
        status |= _said(f"{name}: in such weather (seed {options.seed})", rows, changed)
    return status


def _repeat(argv: Sequence[str]) -> int:
    parser = _named("repeat")
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args(argv)
    rows, status = _chosen(options), 0
    for name in options.names:
        with backends.named(name) as backend:
            runs_of = steady.repeated(backend, rows, options.jobs, options.times, options.seed)
            for number, changed in enumerate(runs_of, start=1):
                status |= _said(f"{name}: in random order, run {number}", rows, changed)
    return status


def _named(command: str) -> argparse.ArgumentParser:
    """Options of what is done to servers of the lab, in turn."""
    parser = _parser(command)
    parser.set_defaults(jobs=8)
    parser.add_argument("names", nargs="+", choices=backends.NAMES, metavar="NAME")
    parser.add_argument("--seed", type=int, default=7)
    return parser


def _chosen(options: argparse.Namespace) -> list[Row]:
    return [r for r in load(options.matrix).rows if not options.row or r.id in options.row]


def _said(when: str, rows: Sequence[Row], changed: Sequence[str]) -> int:
    for line in changed:
        print(f"changed    {line}")
    print(f"{when}: {len(changed)} of {len(rows)} verdicts are other ones", flush=True)
    return 1 if changed else 0


def _print(merged: Merged) -> int:
    for line in merged.lines():
        print(line)
    return verdict(merged)


COMMANDS = {"merge": _merge, "all": _all, "vendor": _vendor, "chaos": _chaos, "repeat": _repeat}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
