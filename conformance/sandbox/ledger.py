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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import platformdirs

from conformance.errors import LedgerError

if sys.platform != "win32":
    import fcntl

ENVIRONMENT: Final = "S3_CONFORMANCE_LEDGERS"
FIELDS: Final = ("bucket", "key", "upload", "version")


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
    """

    bucket: str
    key: str = ""
    upload: str | None = None
    version: str | None = None


class Ledger:
    """The ledger of one process.

    Raises:
        LedgerError: the file cannot be created, written or removed.
    """

    def __init__(self, run: str, endpoint_url: str) -> None:
        self.path = directory() / f"{run}.jsonl"
        self._lock = threading.Lock()
        self._known: set[Created] = set()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = self.path.open("x", encoding="utf-8")
        except OSError as error:
            raise LedgerError(
                f"the ledger {self.path} cannot be written: {error.strerror}; "
                f"set {ENVIRONMENT} to a directory that can"
            ) from error
        _hold(self._file)
        self._write({"run": run, "endpoint": endpoint_url})

    def add(self, entry: Created) -> None:
        """Note an entry; on return it is with the kernel and outlives this process."""
        with self._lock:
            if entry in self._known:
                return
            self._known.add(entry)
            self._write(_document(entry))

    @property
    def entries(self) -> tuple[Created, ...]:
        with self._lock:
            return tuple(self._known)

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
    """A ledger that an earlier process left behind."""

    path: Path
    run: str
    endpoint_url: str
    entries: tuple[Created, ...]


def left_behind() -> Iterator[Left]:
    """Ledgers whose process is gone, oldest name first; those of running processes are skipped."""
    for path in sorted(directory().glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            if not _hold(file):
                continue
            yield _read(path, file)


def _read(path: Path, file: IO[str]) -> Left:
    run, endpoint_url, entries = path.stem, "", []
    for line in file:
        try:
            document = json.loads(line)
        except ValueError:
            continue  # the line being written when the process was killed
        if "run" in document:
            run, endpoint_url = str(document["run"]), str(document["endpoint"])
        elif "bucket" in document:
            entries.append(Created(**{name: document[name] for name in FIELDS if name in document}))
    return Left(path=path, run=run, endpoint_url=endpoint_url, entries=tuple(entries))


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
