"""A sandbox whose client answers from a script: what a probe's workplace does, without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from conformance.probing import Call, Credentials, Endpoint, Response
from conformance.s3.client import Client
from conformance.s3.exchange import Exchange, Role
from conformance.s3.incidents import Incidents
from conformance.sandbox.sandbox import Sandbox

Script = Callable[[Call], Response]


def answer(
    call: Call, status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> Response:
    return Response(call=call, status=status, headers=headers or {}, body=body, seconds=0)


def error(call: Call, status: int, code: str, message: str = "") -> Response:
    said = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return answer(call, status, said.encode())


class ScriptedClient:
    """Answers each call from the script and notes how it was sent.

    Attributes:
        sent: role and call, in order.
        options: of each call, in order.
        incidents: none, for what the script says is not doubted.
    """

    def __init__(self, script: Script, region: str = "us-east-1") -> None:
        self.endpoint = Endpoint(
            url="http://127.0.0.1:1",
            region=region,
            credentials=Credentials(access_key="fake-access", secret_key="fake-secret"),
        )
        self.incidents = Incidents()
        self.sent: list[tuple[Role, Call]] = []
        self.options: list[dict[str, Any]] = []
        self._script = script

    def send(
        self, call: Call, *, role: Role, record: list[Exchange] | None = None, **options: Any
    ) -> Response:
        self.sent.append((role, call))
        self.options.append(options)
        if record is not None:
            record.append(cast("Exchange", {"role": role.value, "call": call}))
        return self._script(call)

    @property
    def operations(self) -> list[str]:
        return [call.operation for _, call in self.sent]


def scripted(
    script: Script, *, region: str = "us-east-1", **how: Any
) -> tuple[Sandbox, ScriptedClient]:
    """A sandbox on a scripted client, and the client.

    Args:
        script: answers each call.
        region: of the endpoint.
        how: the sandbox's own arguments.
    """
    client = ScriptedClient(script, region)
    return Sandbox(cast("Client", client), **how), client


def ok(call: Call) -> Response:
    """The script of a server that serves all it is asked."""
    return answer(call, 200)


def by_operation(**statuses: int) -> Script:
    """The script of a server that answers these operations so, and all others with 200."""
    return lambda call: answer(call, statuses.get(call.operation, 200))
