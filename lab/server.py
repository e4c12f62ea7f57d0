"""What a server of the lab is: a short declaration, and what it offers once it runs."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.install import install, is_installed
from lab.packages import Package
from lab.site import HOST, Site, is_free


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One principal's keys. They open nothing but a server of this lab."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a client has to know about a server that runs."""

    url: str
    credentials: Credentials
    region: str = "us-east-1"
    alt: Credentials | None = None
    """A second principal, so that what one owner refuses another can be seen."""
    account_id: str | None = None
    """Of the first principal, twelve digits."""
    kms_key_id: str | None = None
    """A key that SSE-KMS may use."""
    destination_arn: str | None = None
    """Of something that events may be sent to."""
    ca_bundle: Path | None = None
    """What to trust, where the URL is of https."""
    buckets: tuple[str, ...] = ()
    """The buckets that exist, where a client cannot create any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server: what it is, how it gets here, and how it is started."""

    name: str
    lineage: str
    """Whose S3 code answers, in a few words."""
    version: str
    packages: tuple[Package, ...]
    launch: Callable[[Site], Running]
    """Spawn the programs on a site; the caller waits for the answer and stops them."""
    jobs: int | None = None
    """How many requests at a time it bears, where that is few."""
    patience: float = 60.0
    """Seconds within which the server has to answer."""

    @property
    def label(self) -> str:
        """What a report calls it."""
        return f"{self.lineage} {self.version}"

    def install(self, cache_dir: Path) -> None:
        """Install the pinned version into its own folder of the cache, unless it is there."""
        install(self.name, self.packages, cache_dir.absolute() / self.name)

    def is_installed(self, cache_dir: Path) -> bool:
        """Say whether the cache holds exactly what is declared."""
        return is_installed(self.packages, cache_dir / self.name)

    @contextlib.contextmanager
    def start(
        self, cache_dir: Path, work_dir: Path, log: Path, port: int
    ) -> Iterator[tuple[Running, Site]]:
        """Start in an empty work directory, wait for an answer, and stop on leaving."""
        site = Site(install_dir=cache_dir / self.name, work_dir=work_dir, log=log, port=port)
        try:
            try:
                running = self._start_on(site)
            except LabError as error:
                raise LabError(f"{self.name} could not be started: {error}") from error
            yield running, site
        finally:
            site.stop()

    def _start_on(self, site: Site) -> Running:
        if not is_free(site.port):
            raise LabError(f"port {site.port} of {HOST} is taken")
        site.work_dir.mkdir(parents=True, exist_ok=True)
        if any(site.work_dir.iterdir()):
            raise LabError(f"{site.work_dir} is not empty")
        running = self.launch(site)
        site.wait_for_answer(running.url, seconds=self.patience)
        return running
