"""The requests of a run as a shell script of curl commands, whole and by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conformance.report.rendering import one_line
from conformance.results import Document, ResultRow

_HEAD: Final = """\
#!/bin/sh
# The requests of each row as curl commands, as they were sent to {endpoint}.
#
#   sh FILE                      list the rows
#   sh FILE PutObject/If-Match   send the requests of a row, in their order
#
# The commands read AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where a customer's key was sent,
# SSE_C_KEY. They name buckets and keys that the run created and removed.
case "$1" in
"""
_TAIL: Final = """\
'')
  sed -n "s/^'\\\\(..*\\\\)')\\$/\\\\1/p" "$0"
  ;;
*)
  echo "no row of this run: $1" >&2
  exit 1
  ;;
esac
"""
# What `s3.exchange` writes: words, quoted words, and variables in double quotes. A results file may
# come from elsewhere, and its commands are run.
_CURL: Final = re.compile(
    r"""curl(?: (?:'[^']*+'|"(?:'|[\w$: -]*+)"|[\w./:@%+=,-]++)++)++""", re.ASCII
)


def curl_script(document: Document) -> str:
    """Render the requests of one run as a shell script: one row a case, its words as a comment."""
    endpoint = document["endpoint"]["label"] or document["endpoint"]["url"]
    rows = (line for row in document["rows"] if row["exchanges"] for line in _row(row))
    return _HEAD.format(endpoint=one_line(endpoint)) + "".join(rows) + _TAIL


def _row(row: ResultRow) -> Iterator[str]:
    name = one_line(row["id"]).replace("'", "")
    yield f"'{name}')\n"
    yield f"  # documented {row['documented']}, observed {row['observed']}: "
    yield f"{one_line(row['reason'])}\n"
    for exchange in row["exchanges"]:
        answer = exchange["response"]
        said = f"{answer['status']} {answer['reason']}" if answer else str(exchange["error"])
        yield f"  # {exchange['role']}: {one_line(said)}\n  {_command(exchange['curl'])}\n"
    yield "  ;;\n"


def _command(line: str) -> str:
    """A command as it is; what is no plain curl command, in an edited file, as a comment."""
    return line if _CURL.fullmatch(line) else f"# {one_line(line)}"
