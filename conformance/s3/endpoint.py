"""Where to send, as whom, and how a request is signed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from conformance.errors import EndpointError
from conformance.s3.operations import OPERATIONS, Call

UNRESERVED: Final = "-._~"
PORTS: Final = {"http": 80, "https": 443}
LOOPBACK: Final = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An access key. Its `repr` gives no secret away.

    Attributes:
        access_key: its id.
        secret_key: what requests are signed with.
        token: of a session.
        renew: gives those that are valid now; None where they stay the same.
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    renew: Callable[[], Credentials] | None = field(default=None, repr=False, compare=False)

    def now(self) -> Credentials:
        """Those that are valid now.

        Raises:
            BotoCoreError: they cannot be renewed.
        """
        return self if self.renew is None else self.renew()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An S3 endpoint as the user gave it.

    Attributes:
        url: scheme, host, port and any path prefix; no trailing slash, no credentials.
        region: the region requests are signed for.
        credentials: whose buckets are worked in.
        alt: another account's credentials, for rows that need its requests.
        account_id: the main account's id, as `x-amz-expected-bucket-owner` wants it.
        kms_key_id: a key of the server's key service that the main account may use.
        destination_arn: of a topic, queue or function that events may be sent to.
        addressing: bucket in the path or in the host name.
        verify: False, True or the path of a CA bundle.
        embedded: the endpoint was started by this process.
    """

    url: str
    region: str
    credentials: Credentials
    alt: Credentials | None = None
    account_id: str | None = None
    kms_key_id: str | None = None
    destination_arn: str | None = None
    addressing: Literal["path", "virtual"] = "path"
    verify: bool | str = True
    embedded: bool = False

    def address(self, call: Call) -> str:
        """The URL of a call, every reserved character of key and query encoded."""
        parts = urlsplit(self.url)
        host, path = parts.netloc, parts.path.rstrip("/")
        if call.bucket and self.addressing == "virtual":
            host = f"{call.bucket}.{host}"
        elif call.bucket:
            path += f"/{quote(call.bucket, safe=UNRESERVED)}"
        operation = OPERATIONS[call.operation]
        if operation.target == "service":
            # With the slash, as boto3 sends it: `location /s3/` of nginx redirects without.
            path += f"/{operation.path}"
        if operation.target == "key":
            path += f"/{quote(call.key or '', safe=UNRESERVED + '/')}"
        return f"{parts.scheme}://{host}{path or '/'}{_query(call.parameters)}"


def _query(parameters: Mapping[str, str]) -> str:
    # A subresource goes without "=", as the SDKs send it; the signature is the same either way.
    pairs = [
        quote(name, safe=UNRESERVED) + (f"={quote(value, safe=UNRESERVED)}" if value else "")
        for name, value in parameters.items()
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def parse_url(text: str) -> str:
    """Check an endpoint's URL and return it without a trailing slash.

    Raises:
        EndpointError: no http(s) URL with a host, or one that carries credentials or a query.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise EndpointError(f"--endpoint-url {text!r} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EndpointError(f"--endpoint-url {text!r} is not an http:// or https:// URL")
    if "@" in parts.netloc:
        raise EndpointError("--endpoint-url carries credentials; give them as boto3 finds them")
    if parts.query or parts.fragment:
        raise EndpointError(f"--endpoint-url {text!r} has a query or a fragment")
    return text.rstrip("/")


def same_endpoint(one: str, other: str) -> bool:
    """Whether two URLs lead to one endpoint, however they are written.

    The host's case, a default port, a trailing slash and the name of the loopback make no
    difference. Text that is no URL is the same as itself only.
    """
    return one == other or _identity(one) == _identity(other)


def _identity(url: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return (url,)
    host = (parts.hostname or "").rstrip(".")
    return (parts.scheme, _host(host), str(port), unquote(parts.path).rstrip("/"))


def _host(name: str) -> str:
    """A host's name as it is compared: one name for all of the loopback's."""
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        loopback = name == LOOPBACK or name.endswith((f".{LOOPBACK}", f"{LOOPBACK}.localdomain"))
        return LOOPBACK if loopback else name
    mapped = getattr(address, "ipv4_mapped", None) or address
    return LOOPBACK if mapped.is_loopback or mapped.is_unspecified else str(mapped)


def sign(
    call: Call, url: str, headers: Mapping[str, str], credentials: Credentials, region: str
) -> dict[str, str]:
    """Sign with Signature Version 4 and return all headers to send.

    Every header given is signed, also those the SDK's service model does not know.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    boto = BotoCredentials(credentials.access_key, credentials.secret_key, credentials.token)
    request = AWSRequest(method=call.method, url=url, data=call.body, headers=dict(headers))
    S3SigV4Auth(boto, "s3", region).add_auth(request)
    return {name: _text(value) for name, value in request.headers.items()}


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
