"""Checks before the first row that the endpoint can be observed.

Each reason why it cannot has its own error message.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from conformance.errors import EndpointError
from conformance.neutral import neutral
from conformance.s3.client import Client, Cut, Momentary, NoAnswer, Throttled
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.sandbox import Sandbox, Unavailable

# Pauses before an endpoint is asked again whether it is there: a name that does not resolve, or a
# proxy that is started anew, may be away for half a minute.
PULSES: Final = (0.0, 0.5, 1.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0)
FEWEST_PULSES: Final = 4
AWAY: Final = 30.0
# Seconds between two questions to an endpoint that is still starting.
WAITED: Final = 0.5
KEY_REFUSED: Final = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidToken",
    "ExpiredToken",
    "Unauthorized",
    "AuthFailure",
    "InvalidArgument",
}
REGION_REFUSED: Final = {
    "AuthorizationHeaderMalformed",
    "InvalidRegionName",
    "IllegalLocationConstraintException",
    "InvalidRegion",
}
S3_ROOTS: Final = {"ListAllMyBucketsResult", "ListBucketResult", "Error"}


def answers(client: Client) -> bool:
    """Whether the endpoint responds at all, with any response; tried for about half a minute.

    One that does not refuse, but hangs, is tried a few times, each as long as the deadlines are.
    """
    begun = time.monotonic()
    for number, pause in enumerate(PULSES):
        if number >= FEWEST_PULSES and time.monotonic() - begun > AWAY:
            break
        time.sleep(pause)
        try:
            client.send(Call(operation="ListBuckets"), role=Role.SETUP)
        except NoAnswer:
            continue
        return True
    return False


def wait_until_ready(client: Client, seconds: float) -> None:
    """Wait for an endpoint that is still starting, at most for so many seconds.

    It is ready when it answers as S3 does, be it with an error. Until then it refuses connections,
    or it or a proxy in front of it answers 502 or 503. `require_usable` judges its last answer.
    """
    end = time.monotonic() + seconds
    while not _is_ready(client) and (left := end - time.monotonic()) > 0:
        time.sleep(min(WAITED, left))


def _is_ready(client: Client) -> bool:
    try:
        answer = client.send(Call(operation="ListBuckets"), role=Role.SETUP)
    except NoAnswer:
        return False
    return answer.status < 500 and answer.root in S3_ROOTS


def require_usable(client: Client, given: Sequence[str] = ()) -> Response | None:
    """Make one signed request, and write and read an object where its answer is not S3's.

    An endpoint may be observed though it does not list buckets, or not as S3 does. With given
    buckets each of them has to be there, and an object has to be written to it.

    Returns:
        The first response, which may name the server; None where there was none.

    Raises:
        EndpointError: the endpoint cannot be observed; one sentence says why.
    """
    call = (
        Call(operation="ListObjects", bucket=given[0], query={"max-keys": "1"})
        if given
        else Call(operation="ListBuckets")
    )
    first, problem = _first(client, call)
    if first is not None:
        _check_identity(client, first)
        problem = _no_s3(first, client.endpoint.url)
    for bucket in given:
        answer = _ask(client, Call(operation="HeadBucket", bucket=bucket))
        if answer.status == 404:
            raise EndpointError(f"--bucket {bucket}: does not exist at {client.endpoint.url}")
        if answer.denied:
            raise EndpointError(f"--bucket {bucket}: access denied with these credentials")
    if problem or given:
        _prove(client, given, problem)
    return first


def _first(client: Client, call: Call) -> tuple[Response | None, str]:
    """The first answer, or why there is none although the endpoint takes its time to say so."""
    try:
        return _ask(client, call), ""
    except EndpointError as error:
        if isinstance(error.__cause__, Cut | Throttled):
            raise
        return None, str(error)


def _ask(client: Client, call: Call) -> Response:
    try:
        return client.send(call, role=Role.SETUP)
    except Momentary as trouble:
        return trouble.answer
    except NoAnswer as trouble:
        raise EndpointError(f"{client.endpoint.url} cannot be used: {trouble}") from trouble


def _prove(client: Client, given: Sequence[str], problem: str) -> None:
    """Write one object to each given bucket, or to a new one, read it, and remove it.

    Args:
        client: of the endpoint.
        given: the buckets to stay inside.
        problem: why the answer to the first request was not enough; empty where it was.
    """
    sandbox = Sandbox(client, given=given)
    try:
        for bucket in given or (sandbox.create_bucket(),):
            _write_and_read(sandbox, bucket, read=bool(problem))
    except _Unproven as refusal:
        raise EndpointError(
            f"--bucket {refusal}" if given else f"{problem}; {refusal}; {_ways_out(client, given)}"
        ) from refusal
    except Unavailable as refusal:
        raise EndpointError(f"{problem}; {refusal}; {_ways_out(client, given)}") from refusal
    except NoAnswer as trouble:
        text = f"{client.endpoint.url} cannot be used: {trouble}"
        if problem:
            text = f"{problem}; {trouble}; {_ways_out(client, given)}"
        raise EndpointError(text) from trouble
    finally:
        sandbox.clean()


class _Unproven(Exception):
    """A bucket does not take an object, or does not give it back."""


def _write_and_read(sandbox: Sandbox, bucket: str, *, read: bool) -> None:
    body = f"mine, of run {sandbox.run}".encode()
    call = Call(operation="PutObject", bucket=bucket, key=sandbox.key(), body=body)
    answer = sandbox.send(call, role=Role.SETUP, record=None)
    if not answer.ok:
        raise _Unproven(f"{bucket}: not writable: {answer.describe()}")
    if read:
        back = sandbox.send(
            replace(call, operation="GetObject", body=b""), role=Role.SETUP, record=None
        )
        if not back.ok or back.body != body:
            raise _Unproven(f"{bucket}: GetObject does not return what was put: {back.describe()}")


def _ways_out(client: Client, given: Sequence[str]) -> str:
    return ways_out(client.endpoint.url, client.endpoint.addressing, given)


def ways_out(url: str, addressing: str, given: Sequence[str]) -> str:
    """What to try where nothing can be observed, as one clause."""
    other = "virtual" if addressing == "path" else "path"
    ways = [] if given else ["--bucket NAME if these credentials may only use an existing bucket"]
    ways.append(f"--addressing {other} if the endpoint expects bucket names there")
    if not urlsplit(url).path.strip("/"):
        ways.append("the whole --endpoint-url if S3 is served below a path, such as http://h/s3/")
    return f"try {', or '.join(ways)}"


def _check_identity(client: Client, answer: Response) -> None:
    url, region = client.endpoint.url, client.endpoint.region
    if answer.code in REGION_REFUSED or (answer.status in (301, 307) and answer.code):
        hint = answer.text("Region") or answer.header("x-amz-bucket-region")
        expected = f"; it expects {hint}" if hint else ""
        raise EndpointError(
            f"{url} refuses region {region!r} ({answer.describe()}{expected}); give --region"
        )
    if answer.status in (400, 401, 403) and answer.code in KEY_REFUSED:
        raise EndpointError(f"{url} refuses these credentials ({answer.describe()})")
    if answer.status == 403 and answer.code == "RequestTimeTooSkewed":
        raise EndpointError(
            f"{url} refuses requests because this machine's clock is wrong ({answer.describe()})"
        )
    if answer.status in (301, 302, 303, 307, 308):
        where = neutral(answer.header("Location") or "an unnamed location")
        raise EndpointError(f"{url} redirects to {where}; if you mean that endpoint, give its URL")


def _no_s3(answer: Response, url: str) -> str:
    """Why an answer does not show that the endpoint serves S3; empty where it does."""
    if answer.root in S3_ROOTS and not answer.broke:
        return ""
    kind = answer.header("Content-Type") or "no content type"
    return (
        f"{url} does not respond like S3: status {answer.describe()}, {neutral(kind)}, "
        f"root element {neutral(answer.root) or 'none'}"
    )
