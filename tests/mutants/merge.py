"""The score over several backends: what each supports, and whether all of them agree."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.verdict import Observed
from tests.mutants.mutations import KINDS
from tests.mutants.score import Fate, Outcome, Seen

GOAL: Final = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What was found on one backend.

    Attributes:
        name: of the backend.
        clean: each row's verdict with nothing broken.
        outcomes: one a mutant.
    """

    name: str
    clean: Mapping[str, str]
    outcomes: Sequence[Outcome]

    @classmethod
    def of(cls, name: str, clean: Mapping[str, Seen], outcomes: Sequence[Outcome]) -> Scored:
        words = {row: str(seen.observation.observed) for row, seen in clean.items()}
        return cls(name=name, clean=words, outcomes=outcomes)

    def only(self, rows: Collection[str]) -> Scored:
        """What was found of some rows."""
        return replace(
            self,
            clean={row: word for row, word in self.clean.items() if row in rows},
            outcomes=[one for one in self.outcomes if one.row in rows],
        )

    def write(self, path: Path) -> None:
        """Write everything to a JSON document."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Scored:
        """Read what `write` wrote."""
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        outcomes = [
            Outcome(**{**each, "fate": Fate(each["fate"]), "collateral": tuple(each["collateral"])})
            for each in found["outcomes"]
        ]
        return cls(name=found["name"], clean=found["clean"], outcomes=outcomes)


Mutant = tuple[str, str, str]  # row, kind, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The score over all backends.

    Attributes:
        rows: all rows there are.
        fates: by mutant and backend; idle ones are left out.
        scored: the backends.
    """

    rows: Sequence[str]
    fates: Mapping[Mutant, Mapping[str, Outcome]]
    scored: Sequence[Scored]

    @classmethod
    def of(cls, scored: Sequence[Scored]) -> Merged:
        rows = list(dict.fromkeys(row for each in scored for row in each.clean))
        fates: defaultdict[Mutant, dict[str, Outcome]] = defaultdict(dict)
        for each in scored:
            for outcome in each.outcomes:
                if outcome.fate is not Fate.IDLE:
                    fates[outcome.row, outcome.kind, outcome.name][each.name] = outcome
        return cls(rows=rows, fates=fates, scored=scored)

    def caught(self, mutant: Mutant) -> bool:
        """Whether it was caught on every backend that supports the row."""
        return all(one.fate is Fate.CAUGHT for one in self.fates[mutant].values())

    @property
    def share(self) -> float:
        """Of all mutants, those caught on every backend that supports the row."""
        return sum(map(self.caught, self.fates)) / max(len(self.fates), 1)

    @property
    def pairs(self) -> tuple[int, int]:
        """How many pairs of row and kind there are, and of how many every mutant is caught."""
        found: defaultdict[tuple[str, str], bool] = defaultdict(lambda: True)
        for mutant in self.fates:
            found[mutant[:2]] &= self.caught(mutant)
        return len(found), sum(found.values())

    @property
    def unproved(self) -> list[str]:
        """Rows that no backend supports."""
        proved = {
            row
            for each in self.scored
            for row, word in each.clean.items()
            if word == Observed.SUPPORTED
        }
        return [row for row in self.rows if row not in proved]

    @property
    def idle(self) -> list[Mutant]:
        """Mutants that changed nothing on any backend, so that nothing is known of them."""
        every = {(one.row, one.kind, one.name) for each in self.scored for one in each.outcomes}
        return sorted(every - self.fates.keys())

    @property
    def spilled(self) -> list[str]:
        return [
            f"{each.name}: {one.kind} {one.row}: {changed}"
            for each in self.scored
            for one in each.outcomes
            for changed in one.collateral
        ]

    def lines(self) -> Iterator[str]:
        """The table, and all that is not as it should be, by name."""
        for mutant, outcomes in self.fates.items():
            for backend, one in outcomes.items():
                if one.fate is not Fate.CAUGHT:
                    yield f"{one.fate:<10} {backend}: {_text(mutant)}: {one.observed}: {one.reason}"
        yield from (f"idle       {_text(mutant)}" for mutant in self.idle)
        yield from (f"spilled    {line}" for line in self.spilled)
        yield from (f"unproved   {row}" for row in self.unproved)
        yield ""
        yield f"{'backend':<12} {'rows':>5} " + " ".join(f"{kind:>12}" for kind in KINDS)
        for each in self.scored:
            yield self._line(each)
        yield f"{'all':<12} {len(self.rows) - len(self.unproved):>5} " + " ".join(
            f"{self._ratio(m for m in self.fates if m[1] == kind):>12}" for kind in KINDS
        )
        total, whole = self.pairs
        yield (
            f"caught {self.share:.1%} of {len(self.fates)} mutants on every backend that supports "
            f"the row; {whole} of {total} pairs of row and kind ({whole / max(total, 1):.1%})"
        )
        yield (
            f"{len(self.unproved)} of {len(self.rows)} rows are supported by no backend; "
            f"{len(self.spilled)} verdicts spilled over"
        )

    def _ratio(self, mutants: Iterable[Mutant]) -> str:
        each = [*mutants]
        return f"{sum(map(self.caught, each))} of {len(each)}"

    def _line(self, scored: Scored) -> str:
        rows = sum(word == Observed.SUPPORTED for word in scored.clean.values())
        real = [one for one in scored.outcomes if one.fate is not Fate.IDLE]
        total = Counter(one.kind for one in real)
        caught = Counter(one.kind for one in real if one.fate is Fate.CAUGHT)
        cells = " ".join(f"{f'{caught[kind]} of {total[kind]}':>12}" for kind in KINDS)
        return f"{scored.name:<12} {rows:>5} {cells}"


def _text(mutant: Mutant) -> str:
    row, kind, name = mutant
    return f"{kind} {row}" + (f" ({name})" if name else "")


def verdict(merged: Merged) -> int:
    """An exit status: 1 if too few were caught, or a verdict spilled over."""
    return 0 if merged.share >= GOAL and not merged.spilled else 1
