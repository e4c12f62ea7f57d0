"""A server that tells every secret of a request in every field: none of it in any output.

Nor does an output have a line that a CI runner obeys, or a character that steers a terminal.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from conformance import probes
from conformance.s3.redact import REDACTED, Redactor
from tests.servers import http, listening

probes.load_all()  # before pytester remembers which modules to forget after each run

ACCESS: Final = "AKIA" + hashlib.sha256(b"access").hexdigest()[:16].upper()
SECRET: Final = base64.b64encode(hashlib.sha256(b"secret").digest()).decode()[:38] + "/+"
TOKEN: Final = base64.b64encode(hashlib.shake_128(b"token").digest(300)).decode()
CUSTOMER_KEY: Final = base64.b64encode(hashlib.sha256(b"key").digest()).decode()
COMMANDS: Final = "##[error]x\n::error::x\r::add-mask::x \x1b[2J \x9b1m \u202egnp \u200b ##vso[a]"
Spell = Callable[[str], str]


def _percent(text: str, form: str) -> str:
    return "".join(f"%{octet:{form}}" for octet in text.encode())


def _based(offset: int, *, url: bool, padded: bool) -> Spell:
    encode = base64.urlsafe_b64encode if url else base64.b64encode

    def spell(text: str) -> str:
        coded = encode(b"xyz"[:offset] + text.encode()).decode()
        return coded if padded else coded.rstrip("=")

    return spell


SPELLINGS: Final[dict[str, Spell]] = {
    "plain": str,
    "lower": str.lower,
    "upper": str.upper,
    "swapped": str.swapcase,
    "backwards": lambda text: text[::-1],
    "percent": lambda text: quote(text, safe=""),
    "percent-lower": lambda text: re.sub("%..", lambda it: it[0].lower(), quote(text, safe="")),
    "percent-all": lambda text: _percent(text, "02X"),
    "percent-all-lower": lambda text: _percent(text, "02x"),
    "percent-twice": lambda text: quote(quote(text, safe=""), safe=""),
    "xml": html.escape,
    "xml-decimal": lambda text: "".join(f"&#{ord(it)};" for it in text),
    "xml-hex": lambda text: "".join(f"&#x{ord(it):x};" for it in text),
    "json": lambda text: json.dumps(text).strip('"').replace("/", "\\/"),
    "json-escaped": lambda text: "".join(f"\\u{ord(it):04X}" for it in text),
    "hex": lambda text: text.encode().hex(),
    "hex-upper": lambda text: text.encode().hex().upper(),
    **{
        f"base64-{offset}-{url}-{padded}": _based(offset, url=url, padded=padded)
        for offset, url, padded in itertools.product(range(3), (False, True), (False, True))
    },
}


def pieces(text: str) -> Iterator[str]:
    """Every twelve characters of a text."""
    return (text[at : at + 12] for at in range(len(text) - 11))


@pytest.mark.parametrize("secret", [ACCESS, SECRET, TOKEN, CUSTOMER_KEY])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_text_when_a_secret_is_spelled_otherwise_has_none_of_it(spelling: str, secret: str) -> None:
    said = SPELLINGS[spelling](secret)
    shown = Redactor([ACCESS, SECRET, TOKEN, CUSTOMER_KEY]).text(f"a {said} z")
    assert REDACTED in shown
    assert not [it for it in pieces(said) if it in shown]


def test_text_when_it_is_a_signature_that_was_sent_has_none_of_it() -> None:
    redactor = Redactor()
    sent, other = (hashlib.sha256(it).hexdigest() for it in (b"sent", b"other"))
    redactor.add_signature(sent)
    assert redactor.text(f"{sent} {sent.upper()} {other}") == f"{REDACTED} {REDACTED} {other}"


class Echo:
    """Answers each request with its secrets, one spelling after the other."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self._turns = itertools.cycle(SPELLINGS.values())

    def answer(self, head: str) -> bytes:
        """Served where the suite needs it to go on; refused in so many words otherwise."""
        found = [ACCESS, SECRET, TOKEN]
        found += re.findall(r"Signature=([0-9a-f]{64})", head)
        found += re.findall(r"(?i)customer-key: (\S{20,})", head)
        spell = next(self._turns)
        # Of a signature the two spellings in hex; it is of no use but for this one request.
        spelled = [spell(it) if len(it) != 64 else it for it in found]
        self.told.update(spelled)
        method, target = head.split(" ")[:2]
        path, _, query = target.partition("?")
        said = " ".join(spelled)
        fields = [
            f"{name}: {it}"[:4000] for it in spelled for name in ("ETag", "Server", "x-amz-id-2")
        ]
        fields.append("x-amz-version-id: ::error::##[error]\x1b[2J")
        text = html.escape(f"{COMMANDS.replace(chr(27), '')} {said}")
        if path == "/":
            body = "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
            return http(200, body.encode(), *fields)
        if method == "PUT" and not query:
            return http(200, b"", *fields)
        if method == "HEAD":
            return http(403, b"", *fields).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if method == "GET" and "x-amz-server-side" in head:
            return http(200, text.encode(), *fields)
        code = html.escape(spelled[len(self.told) % len(spelled)])
        body = f"<Error><Code>{code}</Code><Message>{text}</Message><Key>{said}</Key></Error>"
        return http(400, body.encode(), *fields)


MATRIX: Final = """\
s3-conformance: 1
vendor: Test
source: https://v.example/table
operations:
  bucket:
    ListBuckets: {status: implemented}
    PutBucketCors: {status: implemented}
  object:
    GetObject:
      status: implemented
      features: [{members: {Range: implemented, If-Match: implemented,
        x-amz-server-side-encryption-customer-key: implemented}}]
    PutObject:
      status: implemented
      features: [{members: {If-None-Match: implemented,
        x-amz-server-side-encryption-customer-key: implemented}}]
"""


@pytest.fixture
def echo(with_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Echo]]:
    """A server that echoes, and its URL."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    told = Echo()
    with listening(lambda it: it.sendall(told.answer(it.recv(65536).decode("latin-1")))) as url:
        yield url, told


def require_none(output: str, told: Echo) -> None:
    """No piece of a secret in an output, as it stands or with its escapes undone; no command."""
    known = {it for secret in told.told for it in pieces(secret)}
    for text in (output, html.unescape(output), output.replace("\\/", "/")):
        seen = (text[at - 40 : at + 40] for at, it in enumerate(pieces(text)) if it in known)
        assert next(seen, None) is None
    assert "##[" not in output
    assert "##vso" not in output
    assert not re.findall(r"^\s*::[\w-]+.*", output, re.MULTILINE)
    assert not re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b-\u200f]", output)


def test_outputs_when_the_server_echoes_secrets_and_commands_have_none(
    pytester: pytest.Pytester, echo: tuple[str, Echo]
) -> None:
    url, told = echo
    (pytester.path / "m.yaml").write_text(MATRIX)
    outputs = {
        "--results": "r.json", "--report": "r.html", "--markdown": "r.md", "--junitxml": "j.xml",
    }  # fmt: skip
    options = [it for pair in outputs.items() for it in pair]
    run = pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "m.yaml", "--endpoint-url", url, "-rA", "-vv", *options
    )
    require_none(run.stdout.str() + run.stderr.str(), told)
    for name in outputs.values():
        require_none(Path(name).read_text(encoding="utf-8"), told)
    assert len(json.loads(Path("r.json").read_text())["rows"]) == 9
    assert len(told.told) > len(SPELLINGS)


def test_usage_error_when_preflight_echoes_has_neither_secrets_nor_commands(
    pytester: pytest.Pytester, echo: tuple[str, Echo], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, told = echo
    (pytester.path / "m.yaml").write_text(MATRIX)
    run = pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "m.yaml", "--endpoint-url", url, "--bucket", "given-bucket"
    )
    assert run.ret != 0
    require_none(run.stdout.str() + run.stderr.str(), told)
