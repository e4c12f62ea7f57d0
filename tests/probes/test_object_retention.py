"""Retention of one version, and shortened by the header alone: done, ignored and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from conformance.probes.object_retention import BYPASS
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, core_held, failed
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

ROW = f"PutObjectRetention/{BYPASS}"
VERSION = "PutObjectRetention/versionId"
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")


@dataclass(slots=True)
class Retentions:
    """moto's retention as S3 has it: it is returned, and kept from being shortened.

    Attributes:
        kept: the document of each key, as it was put last.
        heeds: whether the header matters.
    """

    heeds: bool = True
    kept: dict[str, bytes] = field(default_factory=dict)

    def respond(self, request: Request, ask: Callable[[Request], Answer]) -> Answer:
        had = self.kept.get(request.path)
        if "retention" not in request.parameters:
            return ask(request)
        if request.method == "GET":
            return Answer(status=200, body=had or b"<Retention></Retention>")
        freed = self.heeds and request.header(BYPASS) == "true"
        if had is not None and had > request.body and not freed:
            return DENIED
        self.kept[request.path] = request.body
        if b"<Mode>" in request.body:
            return ask(request)
        del self.kept[request.path]
        return Answer(status=200)


@contextmanager
def retaining(upstream: Endpoint, *, heeds: bool = True) -> Iterator[Endpoint]:
    with proxy(upstream, Retentions(heeds=heeds).respond) as endpoint:
        yield endpoint


def test_bypass_when_heeded_holds_in_its_core(moto: Endpoint, observe: Observe) -> None:
    with retaining(moto) as endpoint:
        seen = observe(endpoint, ROW)
    assert core_held(seen), seen.reason
    assert failed(seen) <= {"removed"}  # moto itself has the retention still


def test_bypass_when_it_changes_nothing_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with retaining(moto, heeds=False) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


def test_bypass_when_anybody_shortens_is_ignored(moto: Endpoint, observe: Observe) -> None:
    seen = observe(moto, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", [ROW, VERSION])
def test_row_when_its_flag_is_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, row.partition("/")[2], methods=["PUT"]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_version_when_it_alone_is_kept_holds_in_its_core(moto: Endpoint, observe: Observe) -> None:
    seen = observe(moto, VERSION)
    assert core_held(seen), seen.reason


def test_version_when_the_latest_is_kept_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "versionId", methods=["PUT"]) as endpoint:
        seen = observe(endpoint, VERSION)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason
