"""The one path on which every request is signed, sent, retried and recorded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Unpack

import requests
import urllib3
from botocore.exceptions import BotoCoreError
from requests.structures import CaseInsensitiveDict

from conformance.neutral import neutral
from conformance.s3.documents import DOCUMENT_LIMIT
from conformance.s3.doubt import (
    READS,
    alike,
    contradiction,
    does_the_same_twice,
    is_doubtful,
    is_page,
)
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Exchange, Role, exchange
from conformance.s3.in_step import InStepAdapter, has_forbidden_body
from conformance.s3.incidents import Incidents, note_passing
from conformance.s3.marks import Marks
from conformance.s3.operations import Call
from conformance.s3.patience import ATTEMPTS, patience
from conformance.s3.redact import Redactor
from conformance.s3.response import Response
from conformance.s3.sending import (
    FAILED,
    Cut,
    Deadlines,
    Momentary,
    NoAnswer,
    Throttled,
    explain,
    require_lasting,
)
from conformance.s3.transport import WATCHDOG, Flight
from conformance.s3.wire import SendOptions, Wire, prepare

__all__ = ["Client", "Cut", "Deadlines", "Momentary", "NoAnswer", "Throttled"]

BODY_LIMIT: Final = 16 * 2**20  # of an object; the largest that is stored has two parts of 5 MiB
HEADER_LIMIT: Final = 200
CHUNK: Final = 2**16
ASKED: Final = 5  # how often a doubtful answer is, until two in a row are alike
SESSION_SECRETS: Final = ("AccessKeyId", "SecretAccessKey", "SessionToken")


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
        self.incidents, self._marks = Incidents(), Marks()
        self.hides_errors = False  # something puts a page of HTML in place of S3's errors
        self._keeps_connections = True  # not once an answer came that nobody asked for
        # Once, for the environment may change while threads read it: pytest writes to it.
        found = requests.Session().merge_environment_settings(
            endpoint.url, {}, True, endpoint.verify, None
        )
        self._environment: dict[str, Any] = {
            name: found[name] for name in ("verify", "cert", "proxies")
        }
        self._local, self._lock = threading.local(), threading.Lock()
        self._in_flight: dict[int, str] = {}
        for credentials in (endpoint.credentials, endpoint.alt):
            if credentials is not None:
                self._hide(credentials)

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

        Throttling (429, 503) and codes of the moment are waited out, and 500, 502 and 504 are asked
        again, before the answer is believed. What does the same twice is sent again where the
        connection was cut. A refusal, and an answer that contradicts itself, is asked for again
        until two in a row are alike; one that is not answered again is returned, and doubted.

        Args:
            call: what to ask.
            role: what the request is for, recorded beside it.
            record: takes the exchange, redacted; also those of answers that did not last.
            options: how it is sent, where not as usual.

        Raises:
            Throttled: every attempt was throttled.
            Momentary: every attempt was refused for reasons of the moment.
            NoAnswer: no connection, a timeout, a cut or oversized answer.
        """

        def ask() -> Response:
            return self._patiently(call, role, record, options)

        response = ask()
        if options.get("as_answered") or options.get("asked_once"):
            return response
        if not response.ok and call.method not in READS:
            self.incidents.refused_write()
        for _ in range(1, ASKED):
            if not is_doubtful(response):
                break
            before, place = response, len(record or ())
            response = self._asked_again(before, ask)
            if response is before or alike(before, response):
                if record is not None:
                    del record[place:]
                break
            self._wavered(before, response)
        # Two pages in a row may still be the moment's; other contradictions that stay, a store's.
        lasting = call.method not in READS or is_page(response.body)
        trouble = contradiction(response) if lasting else None
        if trouble := trouble or self._marks.lacking(response):
            self.incidents.doubt(trouble)
        return response

    def _asked_again(self, before: Response, ask: Callable[[], Response]) -> Response:
        """Ask again. A refusal after which the server fails, or refuses otherwise, is doubted.

        It stays, unless the request failed before, or only reads: a server may lock what it
        refused, and never answer again, or throw away what it was about, and fail without it.
        """
        refused = 400 <= before.status < 500 and not self._local.failed
        try:
            after = ask()
        except NoAnswer as trouble:
            if before.ok or isinstance(trouble, Throttled | Momentary):
                raise
            what = str(trouble)
        else:
            otherwise = after.status >= (500 if before.call.method in READS else 400)
            if not (refused and otherwise) or alike(before, after):
                return after
            what = after.describe()
        self.incidents.doubt(f"{before.describe()}, then {what}", unresolved=True)
        return before

    def _wavered(self, before: Response, after: Response) -> None:
        """Note that the same request had two answers."""
        what = contradiction(before) or before.describe()
        self.incidents.doubt(f"{what}, then {after.describe()}")
        if after.ok and not contradiction(after):
            text = f"{what} in answer to a request that was then served"
            self.incidents.note(self.redactor.text(text), lied=True)

    def _patiently(
        self,
        call: Call,
        role: Role,
        record: list[Exchange] | None,
        options: SendOptions,
    ) -> Response:
        """Send a call until the answer does not speak of the moment, and record it."""
        passing: list[Response] = []
        wire = self._wire(call, options)
        try:
            for attempt in range(ATTEMPTS):
                last = attempt == ATTEMPTS - 1
                try:
                    response = self._once(call, wire)
                except NoAnswer as trouble:
                    kind = "a connection that was cut" if isinstance(trouble, Cut) else "no answer"
                    self.incidents.note(kind)
                    same = options.get("may_repeat") or does_the_same_twice(call)
                    again = isinstance(trouble, Cut) and same
                    if last or not (options.get("idempotent") or again):
                        raise
                else:
                    pause = patience(attempt, response, momentary=not options.get("as_answered"))
                    if pause is None:
                        break
                    passing.append(response)
                    time.sleep(pause)
                # Signed anew, for the first signature may have grown old.
                wire = self._wire(call, options)
        except NoAnswer as trouble:
            self._record(record, role, call, wire, str(trouble))
            raise
        self._local.failed = note_passing(self.incidents, self.redactor, passing, response)
        if call.operation == "CreateSession":  # its answer is made of secrets
            for secret in SESSION_SECRETS:
                self.redactor.add(response.text(f"Credentials/{secret}"))
        self._record(record, role, call, wire, response)
        require_lasting(response, momentary=not options.get("as_answered"))
        return response

    def _record(
        self,
        record: list[Exchange] | None,
        role: Role,
        call: Call,
        wire: Wire,
        answer: Response | str,
    ) -> None:
        if record is not None:
            record.append(exchange(self.redactor, self.endpoint, role, call, wire, answer))

    def _hide(self, credentials: Credentials) -> None:
        for secret in (credentials.access_key, credentials.secret_key, credentials.token):
            self.redactor.add(secret)

    def _current(self, credentials: Credentials) -> Credentials:
        """The credentials as they are now: those of a session are renewed before they run out."""
        try:
            renewed = credentials.now()
        except BotoCoreError as error:
            told = self.redactor.text(neutral(str(error)))
            raise NoAnswer(f"the credentials cannot be renewed: {told}") from error
        if renewed is not credentials:
            self._hide(renewed)
        return renewed

    def _wire(self, call: Call, options: SendOptions) -> Wire:
        if not options.get("anonymous"):
            given = options.get("credentials") or self.endpoint.credentials
            options = {**options, "credentials": self._current(given)}
        wire = prepare(self.endpoint, call, options)
        how = options.get("presigned")
        for signature in wire.signatures:
            self.redactor.add_signature(signature)
            if how is not None and how.version == 2:  # no hex digits, as those of version 4
                self.redactor.add(signature)
        return wire

    def _once(self, call: Call, wire: Wire) -> Response:
        session = self._session()
        prepared = requests.PreparedRequest()
        prepared.method = call.method
        prepared.url = wire.url
        prepared.headers = CaseInsensitiveDict(wire.headers)
        prepared.body = wire.body or None
        prepared.hooks = requests.hooks.default_hooks()
        started = time.monotonic()
        limit = BODY_LIMIT if call.operation == "GetObject" else min(BODY_LIMIT, DOCUMENT_LIMIT)
        watching = WATCHDOG.watching(self.deadlines.total)
        with self._flight(f"{call.method} {prepared.url}"), watching as flight:
            flight.held = wire.held
            try:
                # The session's own send would look into redirects and keep cookies.
                answer = session.get_adapter(prepared.url).send(
                    prepared,
                    timeout=(self.deadlines.connect, self.deadlines.read),
                    stream=True,
                    **self._environment,
                )
                with answer:  # which closes the connection if the body is not read
                    forbidden = has_forbidden_body(answer)
                    body = b"" if forbidden else self._body(answer, flight, limit)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                if flight.late:
                    raise self._late() from error
                told = self.redactor.text(explain(error))
                kind = Cut if told.startswith(FAILED) else NoAnswer
                raise kind(told) from error
            finally:
                if not self._keeps_connections or wire.held:
                    session.close()
            if len(answer.headers) > HEADER_LIMIT:
                raise NoAnswer(f"the answer has more than {HEADER_LIMIT} headers")
            response = Response(
                call=call,
                status=answer.status_code,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=body,
                seconds=time.monotonic() - started,
                hidden=self.hides_errors and answer.status_code >= 400 and is_page(body),
                names=frozenset(answer.headers),
                awaited=flight.awaited,
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
            for scheme in ("http://", "https://"):
                session.mount(scheme, InStepAdapter(self._out_of_step))
            self._local.session = session
        return session

    def settle(self) -> None:
        """Look at this thread's kept connections for bytes that nobody asked for."""
        adapter = self._session().get_adapter(self.endpoint.url)
        if isinstance(adapter, InStepAdapter):
            adapter.settle()

    def _out_of_step(self, after: str) -> None:
        self._keeps_connections = False
        what = f"bytes that nobody asked for on a kept connection, after {after}"
        self.incidents.note(what, lied=True)

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
