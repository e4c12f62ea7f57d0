"""What is kept of one HTTP exchange between a client and a server: no keys, no signatures.

Header names are kept as the client spells them, and only those values that say how a body is sent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

Headers = Sequence[tuple[str, str]]

KEPT_HEADERS = frozenset(
    {
        "accept-encoding",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-type",
        "expect",
        "if-match",
        "if-none-match",
        "range",
        "te",
        "transfer-encoding",
        "x-amz-checksum-algorithm",
        "x-amz-checksum-mode",
        "x-amz-checksum-type",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-decoded-content-length",
        "x-amz-metadata-directive",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-tagging",
        "x-amz-trailer",
    }
)
"""The request headers whose values are kept; `x-amz-checksum-*` are, too."""
KEPT_ANSWER_HEADERS = ("content-encoding", "content-length", "content-type", "transfer-encoding")

KEPT_PARAMETERS = frozenset(
    {
        "X-Amz-Algorithm",
        "X-Amz-Content-Sha256",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "continuation-token",
        "delete",
        "delimiter",
        "encoding-type",
        "fetch-owner",
        "list-type",
        "location",
        "marker",
        "max-keys",
        "partNumber",
        "prefix",
        "start-after",
        "tagging",
        "uploads",
        "versioning",
        "x-amz-checksum-crc32",
        "x-amz-sdk-checksum-algorithm",
        "x-id",
    }
)
"""The query parameters whose values are kept. Others may hold a signature or an upload's id."""
LEFT_OUT = "…"

_DIGEST = re.compile("[0-9a-f]{64}")
_ERROR_CODE = re.compile(rb"<Error\b.*?<Code>\s*([\w.]+)\s*</Code>", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    Attributes:
        step: the step of the scenario in which it was sent.
        method, path: as on the request line, the path without its query.
        query: parameters in order; a value that may be secret is `…`.
        names: the names of all request headers, in order and as spelt.
        values: the values of those headers that `KEPT_HEADERS` lists, by lower-case name.
        status: of the final answer; None if the connection ended without one.
        code: S3's error code, from the answer's body.
        interim: the statuses of interim answers such as 100.
        answer: values of the answer's headers in `KEPT_ANSWER_HEADERS`.
    """

    step: str
    method: str
    path: str
    query: list[tuple[str, str]]
    names: list[str]
    values: dict[str, str]
    status: int | None = None
    code: str | None = None
    interim: list[int] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Say whether the answer is an error, or there was none."""
        return self.status is None or self.status >= 400 or self.code is not None

    def document(self) -> dict[str, object]:
        """Return it as JSON values, without what is empty."""
        values: dict[str, object] = {
            "step": self.step,
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "headers": self.names,
            "values": self.values,
            "status": self.status,
            "code": self.code,
            "interim": self.interim,
            "answer": self.answer,
        }
        return {name: value for name, value in values.items() if value not in (None, [], {})}


def request(step: str, line: str, headers: Headers) -> Exchange:
    """Begin an exchange from a request's first line and headers.

    Raises:
        ValueError: the line is not HTTP's.
    """
    method, target, _ = line.split(" ", 2)
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    return Exchange(
        step=step,
        method=method,
        path=parts.path,
        query=[(name, _parameter(name, value)) for name, value in query],
        names=[name for name, _ in headers],
        values={name.lower(): _value(value) for name, value in headers if _is_kept(name.lower())},
    )


def error_code(body: bytes) -> str | None:
    """Return the first error code of an S3 answer's body, or None."""
    found = _ERROR_CODE.search(body)
    return found[1].decode("ascii", "replace") if found else None


def kept_of_answer(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer that are kept, from a mapping by lower-case name."""
    return {name: headers[name] for name in KEPT_ANSWER_HEADERS if name in headers}


def _is_kept(name: str) -> bool:
    return name in KEPT_HEADERS or name.startswith("x-amz-checksum-")


def _value(value: str) -> str:
    # A digest of the body says no more than that there is one, and differs between runs.
    return "<sha256>" if _DIGEST.fullmatch(value) else value


def _parameter(name: str, value: str) -> str:
    return value if name in KEPT_PARAMETERS or not value else LEFT_OUT
