"""Checks before the first row that the endpoint can be observed.

Each reason why it cannot has its own error message.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from conformance.errors import EndpointError
from conformance.s3.client import Client, Momentary, NoAnswer
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response

PULSES: Final = (0.0, 0.5, 1.0, 2.0)
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
    """Whether the endpoint responds at all, with any response; tried a few times."""
    for pause in PULSES:
        time.sleep(pause)
        try:
            client.send(Call(operation="ListBuckets"), role=Role.SETUP)
        except NoAnswer:
            continue
        return True
    return False


def require_usable(client: Client, given: Sequence[str] = ()) -> Response:
    """Make one signed request and, with given buckets, one to each.

    Returns:
        The first response, which may name the server.

    Raises:
        EndpointError: the endpoint cannot be observed; one sentence says why.
    """
    url = client.endpoint.url
    if given:
        first = _ask(
            client, Call(operation="ListObjects", bucket=given[0], query={"max-keys": "1"})
        )
    else:
        first = _ask(client, Call(operation="ListBuckets"))
    _check_identity(client, first)
    _check_is_s3(first, url)
    for bucket in given:
        answer = _ask(client, Call(operation="HeadBucket", bucket=bucket))
        if answer.status == 404:
            raise EndpointError(f"--bucket {bucket}: does not exist at {url}")
        if answer.denied:
            raise EndpointError(f"--bucket {bucket}: access denied with these credentials")
    return first


def _ask(client: Client, call: Call) -> Response:
    try:
        return client.send(call, role=Role.SETUP)
    except Momentary as trouble:
        return trouble.answer
    except NoAnswer as trouble:
        raise EndpointError(f"{client.endpoint.url} cannot be used: {trouble}") from trouble


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
        where = answer.header("Location") or "an unnamed location"
        raise EndpointError(f"{url} redirects to {where}; if you mean that endpoint, give its URL")


def _check_is_s3(answer: Response, url: str) -> None:
    if answer.root in S3_ROOTS:
        return
    kind = answer.header("Content-Type") or "no content type"
    raise EndpointError(
        f"{url} does not respond like S3: status {answer.status}, {kind}, "
        f"root element {answer.root or 'none'}"
    )
