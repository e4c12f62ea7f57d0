"""What every scenario in Python shares: the loop over the steps, and the files it compares with.

It runs under the client's own interpreter, so it imports nothing of the lab's.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

URL = os.environ["LAB_URL"]
ACCESS_KEY = os.environ["LAB_ACCESS_KEY"]
SECRET_KEY = os.environ["LAB_SECRET_KEY"]
REGION = os.environ["LAB_REGION"]
CA_BUNDLE = os.environ["LAB_CA_BUNDLE"]
BUCKET = os.environ["LAB_BUCKET"]
SECOND = f"{BUCKET}-second"
FILES = Path(os.environ["LAB_FILES"])

LISTED = [f"list/{number:02}" for number in range(25)]
MANY = [f"many/{number:02}" for number in range(12)]
METADATA = {"word": "value", "two-words": "A b  c"}
CONTENT_TYPE = "text/x-lab"
TAGS = {"team": "lab", "two words": "a+b"}


class NotOffered(Exception):
    """The client itself does not do this."""


def path(kind: str) -> Path:
    """Return the path of a file to upload."""
    return FILES / f"{kind}.bin"


def data(kind: str) -> bytes:
    """Return the bytes of a file to upload."""
    return path(kind).read_bytes()


def same(found: Any, expected: Any, what: str) -> None:
    """Raise unless two values are equal, without printing long ones."""
    if found != expected:
        short = (
            f"{len(found)} bytes, expected {len(expected)}"
            if isinstance(found, bytes)
            else f"{found!r}, expected {expected!r}"
        )
        raise AssertionError(f"{what}: {short}")


def play(steps: dict[str, Callable[..., Any]]) -> None:
    """Answer each step's name on standard input with one line of JSON.

    A step with an argument is one of the keys, which `key` plays.
    """
    for line in sys.stdin:
        name, _, argument = line.rstrip("\n").partition("\t")
        step = steps.get("key" if argument else name)
        if step is None:
            answer = {"outcome": "not offered"}
        else:
            try:
                url = step(argument) if argument else step()
                answer = {"outcome": "works"} | ({"url": url} if isinstance(url, str) else {})
            except NotOffered as error:
                answer = {"outcome": "not offered", "detail": str(error)}
            except Exception as error:  # noqa: BLE001 - whatever the client raises is its answer
                answer = {"outcome": "fails", "detail": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def command(*words: str | Path) -> str:
    """Run the client's program (`LAB_PROGRAM`) with some words, and return what it prints.

    Raises:
        RuntimeError: with the last line of its errors, if it ends with another status.
    """
    done = subprocess.run(
        [*os.environ["LAB_PROGRAM"].split("\n"), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    print(done.stderr, file=sys.stderr, end="", flush=True)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise RuntimeError(f"status {done.returncode}: {' | '.join(lines[-2:])}")
    return done.stdout


def run(*words: str | Path) -> None:
    """Run the client's program for what it does."""
    command(*words)


def fails(act: Callable[[], Any], *signs: str) -> None:
    """Raise unless an action fails with an error that holds one of some words."""
    try:
        act()
    except (RuntimeError, OSError) as error:
        if any(sign in str(error) for sign in signs):
            return
        raise
    raise AssertionError("it was not refused")


def downloaded(fetch: Callable[[str], Any]) -> bytes:
    """Return the bytes of the file that an action makes at the path it is given."""
    target = FILES / "downloaded"
    target.unlink(missing_ok=True)
    fetch(str(target))
    return target.read_bytes()
