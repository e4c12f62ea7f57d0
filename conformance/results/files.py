"""Output files, written completely or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.errors import ResultsError


def save(path: Path | str, text: str) -> None:
    """Write a file completely or, on any failure, leave it as it was.

    A device or a pipe is written to directly, since replacing would remove it. A name that ends in
    `.gz` is compressed.

    Raises:
        ResultsError: the path cannot be written.
    """
    # A lone surrogate, which JSON allows and UTF-8 does not, is spelled out.
    data = text.encode("utf-8", "backslashreplace")
    path = Path(path)
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)  # the same text gives the same file
    with _as_results_error(path):
        if _is_special(path):
            path.write_bytes(data)
            return
        part = _beside(path)
        try:
            part.write_bytes(data)
            part.replace(_target(path))
        finally:
            part.unlink(missing_ok=True)


def ensure_writable(path: Path | str) -> None:
    """Check before a run that `save` can write to a path; no file remains.

    Raises:
        ResultsError: it cannot.
    """
    path = Path(path)
    with _as_results_error(path):
        if _is_special(path):
            path.open("ab").close()
            return
        part = _beside(path)
        part.touch()
        part.unlink()


def _is_special(path: Path) -> bool:
    """Whether the path exists and is not a regular file; opening a directory reports that."""
    return path.exists() and not path.is_file()


def _beside(path: Path) -> Path:
    target = _target(path)
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _target(path: Path) -> Path:
    """The file itself, which is where a symlink leads; unlike resolve(), no loop makes it raise."""
    return Path(os.path.realpath(path))


@contextmanager
def _as_results_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror or error}") from error
