"""The one path on which every request is signed, sent, retried and recorded."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from conformance import __version__
from conformance.neutral import neutral
from conformance.s3.documents import DOCUMENT_LIMIT
from conformance.s3.endpoint import Credentials, Endpoint, sign
from conformance.s3.exchange import Exchange, Role, exchange
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.response import Response
from conformance.s3.transport import WATCHDOG, Adapter, Flight, HeadTooLong

BODY_LIMIT: Final = 16 * 2**20  # of an object; the largest that is stored has two parts of 5 MiB
HEADER_LIMIT: Final = 200
CHUNK: Final = 2**16
THROTTLED: Final = (429, 503)
UNSTEADY: Final = (500, 502, 504)
ATTEMPTS: Final = 6
UNSTEADY_ATTEMPTS: Final = 3
READS: Final = ("GET", "HEAD")
FAILED: Final = "the connection failed"
LONGEST_PAUSE: Final = 20.0
SESSION_SECRETS: Final = ("AccessKeyId", "SecretAccessKey", "SessionToken")
USER_AGENT: Final = f"s3-conformance/{__version__}"


class NoAnswer(Exception):
    """The endpoint gave no answer that could be judged; the text says what happened."""


class Cut(NoAnswer):
    """The connection was refused or cut off, at once and not for lack of time."""


class Throttled(NoAnswer):
    """The endpoint went on asking to be asked later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long to wait, in seconds: for a connection, between two bytes, for a whole answer."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 90.0


class SendOptions(TypedDict, total=False):
    """How one call is sent, where it is not sent as usual.

    Attributes:
        credentials: instead of the endpoint's own.
        anonymous: send no signature at all.
        region: instead of the endpoint's own in the signature.
        invalid_signature: change the signature's last digit.
        idempotent: the call may be sent again if it is not answered, for it does the same twice.
    """

    credentials: Credentials | None
    anonymous: bool
    region: str | None
    invalid_signature: bool
    idempotent: bool


class Client:
    """Sends calls to one endpoint; safe to use from many threads.

    Args:
        endpoint: where to send and as whom.
        redactor: what must not be stored.
        deadlines: when to give up.
    """

    def __init__(
        self, endpoint: Endpoint, redactor: Redactor, deadlines: Deadlines | None = None
    ) -> None:
        self.endpoint = endpoint
        self.redactor = redactor
        self.deadlines = deadlines or Deadlines()
        self.requests_sent = 0
        # Once, for the environment may change while threads read it: pytest writes to it.
        found = requests.Session().merge_environment_settings(
            endpoint.url, {}, True, endpoint.verify, None
        )
        self._environment: dict[str, Any] = {
            name: found[name] for name in ("verify", "cert", "proxies")
        }
        self._local = threading.local()
        self._lock = threading.Lock()
        self._in_flight: dict[int, str] = {}
        for credentials in (endpoint.credentials, endpoint.alt):
            if credentials is not None:
                for secret in (credentials.access_key, credentials.secret_key, credentials.token):
                    redactor.add(secret)

    @property
    def in_flight(self) -> tuple[str, ...]:
        """Method and URL of the requests being waited for."""
        with self._lock:
            return tuple(self._in_flight.values())

    def send(
        self,
        call: Call,
        *,
        role: Role = Role.TREATMENT,
        record: list[Exchange] | None = None,
        **options: Unpack[SendOptions],
    ) -> Response:
        """Send one call and return the answer, whatever it says.

        Throttling (429, 503) is waited out, and 500, 502 and 504 are asked again, before the
        answer is believed. What only reads is asked again where the connection was cut.

        Args:
            call: what to ask.
            role: what the request is for, recorded beside it.
            record: takes the exchange, redacted.
            options: how it is sent, where not as usual.

        Raises:
            Throttled: every attempt was throttled.
            NoAnswer: no connection, a timeout, a cut or oversized answer.
        """
        headers: dict[str, str] = {}
        try:
            for attempt in range(ATTEMPTS):
                headers = self._headers(call, options)
                last = attempt == ATTEMPTS - 1
                try:
                    response = self._once(call, headers)
                except NoAnswer as trouble:
                    read = isinstance(trouble, Cut) and call.method in READS
                    if last or not (options.get("idempotent") or read):
                        raise
                    continue
                pause = _patience(attempt, response)
                if pause is None:
                    break
                time.sleep(pause)
        except NoAnswer as trouble:
            self._record(record, role, call, headers, str(trouble))
            raise
        if call.operation == "CreateSession":  # its answer is made of secrets
            for secret in SESSION_SECRETS:
                self.redactor.add(response.text(f"Credentials/{secret}"))
        self._record(record, role, call, headers, response)
        if response.status in THROTTLED:
            raise Throttled(f"throttled {ATTEMPTS} times: {response.describe()}")
        return response

    def _record(
        self,
        record: list[Exchange] | None,
        role: Role,
        call: Call,
        headers: Mapping[str, str],
        answer: Response | str,
    ) -> None:
        if record is not None:
            record.append(exchange(self.redactor, self.endpoint, role, call, headers, answer))

    def _headers(self, call: Call, options: SendOptions) -> dict[str, str]:
        headers = dict(call.headers)
        if call.body or call.method in ("PUT", "POST"):
            headers["Content-Length"] = str(len(call.body))
        if not options.get("anonymous"):
            region = options.get("region")
            headers = sign(
                call,
                self.endpoint.address(call),
                headers,
                options.get("credentials") or self.endpoint.credentials,
                self.endpoint.region if region is None else region,
            )
            self.redactor.add_signature(headers["Authorization"][-64:])
        if options.get("invalid_signature"):
            last = headers["Authorization"][-1]
            headers["Authorization"] = headers["Authorization"][:-1] + ("0" if last != "0" else "1")
        # Not signed, for proxies that rewrite them would break the signature.
        return {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}

    def _once(self, call: Call, headers: Mapping[str, str]) -> Response:
        session = self._session()
        prepared = requests.PreparedRequest()
        prepared.method = call.method
        prepared.url = self.endpoint.address(call)
        prepared.headers = CaseInsensitiveDict(headers)
        prepared.body = call.body or None
        prepared.hooks = requests.hooks.default_hooks()
        started = time.monotonic()
        limit = BODY_LIMIT if call.operation == "GetObject" else min(BODY_LIMIT, DOCUMENT_LIMIT)
        watching = WATCHDOG.watching(self.deadlines.total)
        with self._flight(f"{call.method} {prepared.url}"), watching as flight:
            try:
                # The session's own send would look into redirects and keep cookies.
                answer = session.get_adapter(prepared.url).send(
                    prepared,
                    timeout=(self.deadlines.connect, self.deadlines.read),
                    stream=True,
                    **self._environment,
                )
                with answer:
                    body = self._body(answer, flight, limit)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                if flight.late:
                    raise self._late() from error
                told = self.redactor.text(explain(error))
                kind = Cut if told.startswith(FAILED) else NoAnswer
                raise kind(told) from error
            if len(answer.headers) > HEADER_LIMIT:
                raise NoAnswer(f"the answer has more than {HEADER_LIMIT} headers")
            response = Response(
                call=call,
                status=answer.status_code,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=body,
                seconds=time.monotonic() - started,
            )
            flight.handed_over_to(response)
            return response

    def _body(self, answer: requests.Response, flight: Flight, limit: int) -> bytes:
        body = bytearray()
        # What is there, not a whole chunk: a server that drips would be waited for too long.
        while chunk := answer.raw.read1(CHUNK, decode_content=False):
            body += chunk
            if len(body) > limit:
                raise NoAnswer(f"the answer is longer than {limit >> 20} MiB")
            if not flight.holds(len(body)):
                raise NoAnswer("too many long answers at one time")
            if flight.late or time.monotonic() > flight.deadline:
                raise self._late()
        if flight.late:  # cut by us, which looks like the end of a body without a length
            raise self._late()
        return bytes(body)

    def _late(self) -> NoAnswer:
        return NoAnswer(f"the answer took longer than {self.deadlines.total:g} s")

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.mount("http://", Adapter())
            session.mount("https://", Adapter())
            self._local.session = session
        return session

    @contextmanager
    def _flight(self, what: str) -> Iterator[None]:
        ident = threading.get_ident()
        with self._lock:
            self._in_flight[ident] = what
            self.requests_sent += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.pop(ident, None)


def _patience(attempt: int, response: Response) -> float | None:
    """Seconds to wait before asking again; None where the answer is to be believed."""
    if response.status in THROTTLED and attempt < ATTEMPTS - 1:
        return _pause(attempt, response)
    if response.status in UNSTEADY and attempt < UNSTEADY_ATTEMPTS - 1:
        return _pause(attempt, response) / 2
    return None


def _pause(attempt: int, response: Response) -> float:
    """Seconds to wait: what the server asks for, else exponential with jitter."""
    asked = response.header("Retry-After") or ""
    if asked.isdigit():
        return min(float(asked), LONGEST_PAUSE)
    return float(min(0.25 * 2**attempt, LONGEST_PAUSE)) * (0.5 + random.random())  # noqa: S311


def explain(error: Exception) -> str:
    """The innermost cause of a connection error, in one line."""
    seen: BaseException = error
    while seen.__cause__ or seen.__context__:
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    if isinstance(seen, HeadTooLong):
        return str(seen)
    late = requests.exceptions.Timeout | TimeoutError
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection before the deadline"
    if isinstance(error, late) or isinstance(seen, late):
        return "no answer before the deadline"
    if isinstance(error, requests.exceptions.SSLError):
        return f"TLS failed: {neutral(str(seen))}"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"the proxy failed: {neutral(str(seen))}"
    return f"{FAILED}: {neutral(str(seen))}"
