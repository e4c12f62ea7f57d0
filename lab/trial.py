"""One client on one server: every step of the scenario, with what was sent in it."""

import contextlib
import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.client import Client, Command, Endpoint, told
from lab.dialogue import Dialogue, Ended, dialogue
from lab.errors import LabError
from lab.exchanges import Exchange
from lab.proxy import Proxy, recording
from lab.scenario import STEPS, Step, write_files
from lab.server import Running
from lab.site import Site
from lab.store import Store
from lab.tls import Certificate, certify

STEP_SECONDS = 90.0
MAX_DETAIL = 300


class Outcome(enum.StrEnum):
    """What came of a step."""

    WORKS = "works"
    FAILS = "fails"
    NOT_OFFERED = "not offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One step of one client on one server.

    Attributes:
        detail: why it fails, in the client's words or the lab's.
        exchanges: what was sent in it.
    """

    step: str
    outcome: Outcome
    detail: str = ""
    exchanges: tuple[Exchange, ...] = field(default=())

    @property
    def culprit(self) -> Exchange | None:
        """Return the request at which a failed step failed: the first that was refused.

        Where none was, it is the last that wrote something, or the last of all.
        """
        expected = next((step.expects for step in STEPS if step.name == self.step), ())
        refused = [each for each in self.exchanges if each.refused]
        # Many clients first ask whether there is an object.
        asked = {("HEAD", 404)}
        surprising = [
            each
            for each in refused
            if each.status not in expected and (each.method, each.status) not in asked
        ]
        writes = [each for each in self.exchanges if each.method in {"PUT", "POST", "DELETE"}]
        if surprising:
            # A client may close its other connections when one request is refused.
            return next((each for each in surprising if each.status), surprising[0])
        candidates = writes or list(self.exchanges)
        return candidates[-1] if candidates else None


def play(
    client: Client,
    running: Running,
    *,
    cache_dir: Path,
    work_dir: Path,
    log: Path,
    steps: Sequence[Step] = STEPS,
    secure: bool = True,
) -> list[Result]:
    """Play the scenario with one client on a running server.

    Args:
        cache_dir: where clients are installed.
        work_dir: an empty folder.
        log: what the program writes to its standard error.
        secure: whether the client speaks TLS.

    Raises:
        LabError: the client could not be started, or the server refuses the lab's own requests.
    """
    with _place(client, running, cache_dir, work_dir, log, secure) as (site, proxy, endpoint):
        store = Store(running, endpoint.bucket)
        store.make_bucket(store.bucket)
        files = site.folder("files")
        write_files(files)
        command = client.launch(site, endpoint)
        env = {**told(endpoint, files), **command.env, "HOME": str(site.work_dir)}
        trial = _Trial(store, proxy, command, log, site.work_dir, env)
        return trial.run([step for step in steps if not (running.buckets and step.on_buckets)])


@contextlib.contextmanager
def _place(
    client: Client, running: Running, cache_dir: Path, work_dir: Path, log: Path, secure: bool
) -> Iterator[tuple[Site, Proxy, Endpoint]]:
    site = Site(install_dir=client.folder(cache_dir), work_dir=work_dir, log=log, port=0)
    site.work_dir.mkdir(parents=True, exist_ok=True)
    certificate = _certificate(site) if secure else None
    try:
        with recording(running.url, certificate) as (url, proxy):
            endpoint = Endpoint(
                url=url,
                credentials=running.credentials,
                region=running.region,
                bucket=(*running.buckets, f"lab-{client.name.replace('_', '-')}")[0],
                ca_bundle=certificate.certificate if certificate else None,
            )
            yield site, proxy, endpoint
    finally:
        site.stop()


def _certificate(site: Site) -> Certificate:
    return certify(site, site.folder("tls"), certificate="ca.pem", key="key.pem")


class _Trial:
    def __init__(
        self,
        store: Store,
        proxy: Proxy,
        command: Command,
        log: Path,
        work_dir: Path,
        env: Mapping[str, str],
    ) -> None:
        self._store, self._proxy = store, proxy
        self._command, self._log = command, log
        self._work_dir, self._env = work_dir, env

    def run(self, steps: Sequence[Step]) -> list[Result]:
        rest = list(steps)
        results: list[Result] = []
        while rest:
            # A program that hangs or ends is started anew for the next step.
            with dialogue(
                self._command.argv, log=self._log, cwd=self._work_dir, env=self._env
            ) as program:
                while rest:
                    result, alive = self._play(rest.pop(0), program)
                    results.append(result)
                    if not alive:
                        break
        return results

    def _play(self, step: Step, program: Dialogue) -> tuple[Result, bool]:
        try:
            step.prepare(self._store)
        except LabError as error:
            return Result(step=step.name, outcome=Outcome.FAILS, detail=str(error)), True
        self._proxy.step = step.name
        first = len(self._proxy.exchanges)
        alive = True
        try:
            answer = program.ask(step.name, step.argument, seconds=STEP_SECONDS)
        except Ended as ended:
            answer, alive = {"outcome": Outcome.FAILS, "detail": str(ended)}, False
        outcome, detail = Outcome(answer["outcome"]), answer.get("detail", "")
        if outcome is Outcome.WORKS:
            outcome, detail = self._checked(step, answer)
        self._proxy.step = ""
        result = Result(
            step=step.name,
            outcome=outcome,
            detail=self._short(detail),
            exchanges=tuple(self._proxy.exchanges[first:]),
        )
        return result, alive

    def _checked(self, step: Step, answer: Mapping[str, str]) -> tuple[Outcome, str]:
        try:
            wrong = step.check(self._store, answer)
        except LabError as error:
            wrong = str(error)
        return (Outcome.FAILS, wrong) if wrong else (Outcome.WORKS, "")

    def _short(self, detail: str) -> str:
        # A client's error may hold the URL it asked for, with its signature.
        words = " ".join(detail.split())
        for name in ("LAB_ACCESS_KEY", "LAB_SECRET_KEY"):
            words = words.replace(self._env[name], "<key>")
        words = words.replace(self._env["LAB_URL"], "<endpoint>")
        words = words.replace(str(self._work_dir), "<work>")
        return _without_query(words)[:MAX_DETAIL]


def _without_query(words: str) -> str:
    return " ".join(
        word.partition("?X-Amz")[0] if "X-Amz-Signature" in word else word
        for word in words.split(" ")
    )
