"""Cleaning with a scripted client, and its calls on one line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from conformance.s3.client import Client
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.ledger import Created
from tests.scripted import ScriptedClient


def shown(call: Call) -> str:
    """A call on one line: `DeleteObject b/k versionId=1`."""
    query = " ".join(f"{name}={value}" for name, value in call.query.items())
    return f"{call.operation} {call.bucket}/{call.key} {query}".rstrip()


def clean(
    script: Callable[[Call], Response], *entries: Created, given: Sequence[str] = ()
) -> tuple[list[str], list[Call]]:
    """The warnings, and the calls that were sent, all of them as preparation."""
    client = ScriptedClient(script)
    with ThreadPoolExecutor(1) as pool:
        warnings = Cleaner(cast("Client", client), pool).clean(entries, given)
    assert {role for role, _ in client.sent} <= {Role.SETUP}
    return warnings, [call for _, call in client.sent]
