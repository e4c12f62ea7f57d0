"""What runs leave on a server when they are killed at random moments, before and after `clean`.

Half of the runs have buckets of their own and half are given a versioned bucket; every other pair
is distributed by xdist. A run that gets SIGTERM has to leave nothing by itself.
"""

import contextlib
import json
import os
import random
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab import suite
from lab.errors import LabError
from lab.process import Process, started, wait_until
from lab.server import Running, Server

GIVEN = "given-versioned"
FOREIGN = "foreign/key"
"""What was in the given bucket before, and has to be there afterwards."""
LEDGERS = "S3_CONFORMANCE_LEDGERS"
START_SECONDS = 90.0
"""Within which a run has created something."""
MOMENTS = (0.0, 10.0)
"""The range of seconds after the first creation, of which one is drawn for each run."""
END_SECONDS = 120.0
"""What a run gets to end after SIGTERM, and `clean` to come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run that was ended.

    Attributes:
        how: the signal, and which kind of run.
        seconds: when, after the first creation.
        before: how many things were left when the run had ended.
        after: how many `clean` left.
        trouble: what else went wrong.
    """

    how: str
    seconds: float
    before: int
    after: int
    trouble: str = ""

    def __str__(self) -> str:
        line = (
            f"{self.how} after {self.seconds:.1f} s: {self.before} left, {self.after} after clean"
        )
        return f"{line}; {self.trouble}" if self.trouble else line


def end_runs(
    server: Server, running: Running, folder: Path, *, matrix: str, kills: int, terms: int
) -> Iterator[Outcome]:
    """End runs against a server by SIGKILL and by SIGTERM, and look at what is left."""
    s3 = _client(running)
    given = _prepare(s3)
    numbers = [signal.SIGKILL] * kills + [signal.SIGTERM] * terms
    random.shuffle(numbers)
    for turn, number in enumerate(numbers):
        work = folder / str(turn)
        work.mkdir(parents=True)
        run = _Run(server=server, running=running, folder=work, matrix=matrix)
        use_given, distributed = bool(given) and turn % 2 == 1, turn % 4 >= 2
        options = ["--bucket", GIVEN, "--allow-bucket-config"] if use_given else []
        options += ["-n", "2"] if distributed else []
        kind = f"{'given versioned bucket' if use_given else 'own buckets'}"
        how = f"{number.name}, {kind}, {'two workers' if distributed else 'one process'}"
        seconds, trouble = run.end(number, options)
        before = _left(s3, given=given)
        status = run.clean()
        after = _left(s3, given=given)
        if status != (1 if after else 0):
            trouble += f" clean ended with status {status}"
        if given and not _foreign_is_there(s3):
            trouble += " a foreign object is gone"
        yield Outcome(how=how, seconds=seconds, before=before, after=after, trouble=trouble.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    server: Server
    running: Running
    folder: Path
    matrix: str

    def end(self, number: signal.Signals, options: list[str]) -> tuple[float, str]:
        """Start a run, end it at a random moment, and say when and what went wrong."""
        results = self.folder / "results.json"
        options = ["-p", "no:cacheprovider", "-q", "--results", str(results), *options]
        words = suite.command(self.server, self.running, matrix=self.matrix, options=options)
        argv = [sys.executable, "-m", "pytest", *words]
        seconds, trouble = random.uniform(*MOMENTS), ""
        with started(lambda: self._process(argv, "run.log")) as process:
            if not wait_until(lambda: process.ended() or self._created(), seconds=START_SECONDS):
                raise LabError(f"a run created nothing within {START_SECONDS:g} s")
            wait_until(process.ended, seconds=seconds)
            if process.ended():
                trouble = "the run was at its end"
            elif number == signal.SIGKILL:
                os.killpg(process.pid, number)  # its workers too
            else:
                os.kill(process.pid, number)
            if not wait_until(process.ended, seconds=END_SECONDS):
                trouble = f"the run did not end within {END_SECONDS:g} s"
        if number == signal.SIGTERM:
            trouble = trouble or _results_trouble(results)
        return seconds, trouble

    def clean(self) -> int:
        """Run `clean`, with another name of the same endpoint, and return its status."""
        url = self.running.url.replace("127.0.0.1", "localhost")
        argv = [sys.executable, "-m", "conformance.cli", "clean", "--endpoint-url", url]
        with started(lambda: self._process(argv, "clean.log")) as process:
            if not wait_until(process.ended, seconds=END_SECONDS):
                raise LabError(f"clean did not end within {END_SECONDS:g} s")
        return process.stop()

    def _process(self, argv: list[str], log: str) -> Process:
        environment = suite.environment(self.running, self.folder)
        environment[LEDGERS] = str(self.folder / "ledgers")
        return Process(argv, log=self.folder / log, env=environment)

    def _created(self) -> bool:
        return any(path.stat().st_size > 200 for path in self._ledgers())

    def _ledgers(self) -> Iterator[Path]:
        with contextlib.suppress(FileNotFoundError):
            yield from (self.folder / "ledgers").glob("*.jsonl")


def _results_trouble(path: Path) -> str:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))["run"]
    except (OSError, ValueError) as error:
        return f"no results: {error}"
    return "" if run["interrupted"] else "the results do not say that the run was interrupted"


def _client(running: Running) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=running.url,
        region_name=running.region,
        aws_access_key_id=running.credentials.access_key,
        aws_secret_access_key=running.credentials.secret_key,
        verify=str(running.ca_bundle) if running.ca_bundle else None,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 5}),
    )


def _prepare(s3: Any) -> bool:
    """Create the bucket that runs are given; whether the server keeps versions in it."""
    s3.create_bucket(Bucket=GIVEN)
    with contextlib.suppress(ClientError, BotoCoreError):
        s3.put_bucket_versioning(Bucket=GIVEN, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=GIVEN, Key=FOREIGN, Body=b"theirs")
        return bool(s3.get_bucket_versioning(Bucket=GIVEN).get("Status"))
    return False


def _foreign_is_there(s3: Any) -> bool:
    with contextlib.suppress(ClientError, BotoCoreError):
        return bool(s3.get_object(Bucket=GIVEN, Key=FOREIGN)["Body"].read() == b"theirs")
    return False


def _left(s3: Any, *, given: bool) -> int:
    """How many buckets, versions, delete markers and uploads are there that were not before."""
    names = [bucket["Name"] for bucket in s3.list_buckets().get("Buckets", [])]
    count = len([name for name in names if name != GIVEN])
    if not given:
        return count
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=GIVEN):
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        count += len([item for item in listed if item["Key"] != FOREIGN])
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=GIVEN):
        count += len(page.get("Uploads", []))
    return count
