"""Endpoints to put a proxy in front of: the embedded one, a server of the lab, any other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.run import Settings, open_endpoint
from conformance.run.embedded import embedded
from conformance.s3.endpoint import Credentials, Endpoint
from lab.server import Credentials as LabCredentials
from lab.server import Server
from lab.servers import SERVERS
from lab.site import free_port

CACHE: Final = Path(__file__).parents[2] / ".lab"
EMBEDDED: Final = "moto"
NAMES: Final = (EMBEDDED, *(name for name in SERVERS if name != "moto_server"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A good endpoint, and how to work on it.

    Attributes:
        endpoint: where it is.
        buckets: given ones to stay inside.
    """

    endpoint: Endpoint
    buckets: tuple[str, ...] = ()

    @property
    def ca_bundle(self) -> str | None:
        """The file of the authorities to trust."""
        return self.endpoint.verify if isinstance(self.endpoint.verify, str) else None

    @property
    def keys(self) -> list[Credentials]:
        """All credentials that requests may be signed with."""
        return [k for k in (self.endpoint.credentials, self.endpoint.alt) if k is not None]


@contextmanager
def named(name: str) -> Iterator[Backend]:
    """A backend of `NAMES`, started for as long as the context lasts.

    Raises:
        LabError: the lab cannot start it.
    """
    if name == EMBEDDED:
        with embedded() as endpoint:
            yield Backend(endpoint=endpoint)
        return
    with started(SERVERS[name]) as backend:
        yield backend


@contextmanager
def started(server: Server) -> Iterator[Backend]:
    """A server of the lab, started for as long as the context lasts.

    Raises:
        LabError: it cannot be installed or started.
    """
    server.install(CACHE)
    with tempfile.TemporaryDirectory(
        prefix=f"mutants-{server.name}-", ignore_cleanup_errors=True
    ) as folder:
        work, log = Path(folder) / "work", Path(folder) / "server.log"
        with server.start(CACHE, work, log, free_port()) as (running, _):
            endpoint = Endpoint(
                url=running.url,
                region=running.region,
                credentials=_keys(running.credentials),
                alt=_keys(running.alt) if running.alt else None,
                account_id=running.account_id,
                kms_key_id=running.kms_key_id,
                destination_arn=running.destination_arn,
                verify=str(running.ca_bundle) if running.ca_bundle else True,
            )
            yield Backend(endpoint=endpoint, buckets=running.buckets)


@contextmanager
def at(settings: Settings) -> Iterator[Backend]:
    """The endpoint that settings mean."""
    with open_endpoint(settings) as endpoint:
        yield Backend(endpoint=endpoint, buckets=settings.buckets)


def _keys(keys: LabCredentials) -> Credentials:
    return Credentials(access_key=keys.access_key, secret_key=keys.secret_key)
