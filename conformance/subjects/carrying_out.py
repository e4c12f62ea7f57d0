"""What shows that a bucket's configuration is carried out, and not only stored and returned.

The probes of Put… and Delete… call these after they have seen that the configuration is stored, or
gone. Most are promises: a configuration that is returned and never applied makes a row partial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.probing import Check, Workbench
from conformance.s3.operations import OperationName
from conformance.subjects.bucket_configuration import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What one operation on a configuration makes a server do.

    Attributes:
        checks: what is observed, none of weight core.
        observe: reports each of the checks. It gets the bucket that the probe configured, writes
            the configurations that it needs into it, and leaves it fit for the next row of the
            same topic. It must not lease another bucket: of given buckets there is one.
    """

    checks: tuple[Check, ...]
    observe: Callable[[Workbench, Place], None]

    def seen(self, bench: Workbench, place: Place) -> None:
        """Observe the checks; one that cannot be prepared leaves the row's others alone."""
        with bench.observing(*(check.id for check in self.checks)):
            self.observe(bench, place)


ByOperation = Mapping[OperationName, CarriedOut]
