"""What was created, written to disk before it is created.

A run that is killed at any moment leaves a ledger that names everything it can have left on the
server; `s3-conformance clean` reads it. One JSON line an entry, one file a process.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import platformdirs

from conformance.errors import LedgerError

if sys.platform != "win32":
    import fcntl

ENVIRONMENT: Final = "S3_CONFORMANCE_LEDGERS"
FIELDS: Final = ("bucket", "key", "upload", "version", "kind")
LOGS: Final = "logs"
REFUSED: Final = "refused"


def directory() -> Path:
    """Where ledgers are kept: `$S3_CONFORMANCE_LEDGERS`, or the user's state directory."""
    given = os.environ.get(ENVIRONMENT)
    return Path(given) if given else platformdirs.user_state_path("s3-conformance") / "ledgers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """One thing that may exist on the server because of us.

    Attributes:
        bucket: a bucket we created, or the one the key is in.
        key: empty where the bucket itself is meant.
        upload: an UploadId; "" where CreateMultipartUpload was sent and its answer never came.
        version: the VersionId of one version of the key.
        kind: `LOGS` where the key is a prefix under which the server writes its access logs.
    """

    bucket: str
    key: str = ""
    upload: str | None = None
    version: str | None = None
    kind: str | None = None


class Ledger:
    """The ledger of one process.

    Args:
        run: the run's id, and the file's name.
        endpoint_url: where the things are.
        embedded: the endpoint ends with this process, and all that is there with it.

    Raises:
        LedgerError: the file cannot be created, written or removed.
    """

    def __init__(self, run: str, endpoint_url: str, *, embedded: bool = False) -> None:
        self.path = directory() / f"{run}.jsonl"
        self._lock = threading.Lock()
        self._known: set[Created] = set()
        self._refused: set[str] = set()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = self.path.open("x", encoding="utf-8")
        except OSError as error:
            raise LedgerError(
                f"the ledger {self.path} cannot be written: {error.strerror}; "
                f"set {ENVIRONMENT} to a directory that can"
            ) from error
        _hold(self._file)
        head: dict[str, Any] = {"run": run, "endpoint": endpoint_url, "pid": os.getpid()}
        self._write({**head, "embedded": True} if embedded else head)

    def add(self, entry: Created) -> None:
        """Note an entry; on return it is with the kernel and outlives this process."""
        with self._lock:
            if entry in self._known:
                return
            self._known.add(entry)
            if (answered := _answered(entry)) is not None:
                self._known.discard(answered)
            if not entry.key:
                self._refused.discard(entry.bucket)
            self._write(_document(entry))

    def refuse(self, bucket: str) -> None:
        """Take a bucket out, for the endpoint refused to create it."""
        with self._lock:
            self._known.discard(Created(bucket=bucket))
            self._refused.add(bucket)
            self._write({REFUSED: bucket})

    @property
    def entries(self) -> tuple[Created, ...]:
        """What may exist."""
        with self._lock:
            return tuple(self._known)

    @property
    def refused(self) -> tuple[str, ...]:
        """Buckets whose creation was refused, as far as the answer can be believed."""
        with self._lock:
            return tuple(self._refused)

    def close(self, *, keep: bool) -> None:
        """Stop writing; remove the file unless something is left on the server."""
        with self._lock:
            self._file.close()
            if not keep:
                self.path.unlink(missing_ok=True)

    def _write(self, document: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(document) + "\n")
            self._file.flush()
        except OSError as error:
            raise LedgerError(
                f"the ledger {self.path} cannot be written: {error.strerror}"
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A ledger that an earlier process left behind, or that a running one holds.

    Attributes:
        path: the file.
        run: the run's id.
        endpoint_url: where the things are.
        entries: what may exist.
        refused: buckets whose creation was refused.
        pid: of the process that wrote it; None where the file does not say.
        embedded: the endpoint ended with its process.
    """

    path: Path
    run: str
    endpoint_url: str
    entries: tuple[Created, ...]
    refused: tuple[str, ...] = ()
    pid: int | None = None
    embedded: bool = False


def _answered(entry: Created) -> Created | None:
    """The entry of an upload without a name, once the answer has named it.

    Several uploads of one key are begun one after the other, so each has its own.
    """
    return Created(bucket=entry.bucket, key=entry.key, upload="") if entry.upload else None


def left_behind() -> Iterator[Left]:
    """Ledgers whose process is gone, oldest name first; those of running processes are skipped."""
    for path in _files():
        # A ledger may go while it is looked for: its process removes it, or another clean-up does.
        with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as file:
            if not _hold(file):
                continue
            left = _read(path, file)
            if left.embedded:
                path.unlink(missing_ok=True)
            else:
                yield left


def running() -> list[Left]:
    """The ledgers of processes that are active on this machine."""
    found = []
    for path in _files():
        with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as file:
            if not _hold(file):
                found.append(_read(path, file))
    return found


def _files() -> list[Path]:
    folder = directory()
    return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []


def _read(path: Path, file: IO[str]) -> Left:
    head: dict[str, Any] = {}
    entries: dict[Created, None] = {}
    refused: set[str] = set()
    for line in file:
        try:
            document = json.loads(line)
        except ValueError:
            continue  # the line being written when the process was killed
        if not isinstance(document, dict):
            continue
        if "run" in document:
            head = document
        elif REFUSED in document:
            entries.pop(Created(bucket=str(document[REFUSED])), None)
            refused.add(str(document[REFUSED]))
        elif "bucket" in document:
            fields = {name: str(document[name]) for name in FIELDS if name in document}
            entry = Created(**fields)
            entries[entry] = None
            if (answered := _answered(entry)) is not None:
                entries.pop(answered, None)
            if not entry.key:
                refused.discard(entry.bucket)
    return Left(
        path=path,
        run=str(head.get("run", path.stem)),
        endpoint_url=str(head.get("endpoint", "")),
        entries=tuple(entries),
        refused=tuple(sorted(refused)),
        pid=pid if isinstance(pid := head.get("pid"), int) else None,
        embedded=head.get("embedded") is True,
    )


def _document(entry: Created) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in FIELDS}
    return {
        name: value
        for name, value in fields.items()
        if value is not None and (value or name == "upload")
    }


def _hold(file: IO[str]) -> bool:
    """Lock the file for as long as it is open; False where another process holds it."""
    if sys.platform == "win32":  # nothing is held there: clean relies on its user
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
