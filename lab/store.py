"""The lab's own view of a server: the plainest requests, each signed with the body's digest."""

import contextlib
import http.client
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab.errors import LabError
from lab.server import Running

TIMEOUT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What describes a stored object."""

    content_type: str
    content_encoding: str
    metadata: Mapping[str, str]


class Store:
    """One bucket of a server, and a second one that comes and goes.

    Raises:
        LabError: from every method, if the server refuses so plain a request.
    """

    def __init__(self, running: Running, bucket: str) -> None:
        self.bucket, self.second = bucket, f"{bucket}-second"
        self._s3: Any = boto3.client(
            "s3",
            endpoint_url=running.url,
            region_name=running.region,
            aws_access_key_id=running.credentials.access_key,
            aws_secret_access_key=running.credentials.secret_key,
            verify=str(running.ca_bundle) if running.ca_bundle else None,
            config=Config(
                s3={"addressing_style": "path", "payload_signing_enabled": True},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 3},
                read_timeout=TIMEOUT,
            ),
        )

    def make_bucket(self, name: str) -> None:
        """Create a bucket unless it exists."""
        if not self.has_bucket(name):
            with _sentence(f"create the bucket {name}"):
                self._s3.create_bucket(Bucket=name)

    def remove_bucket(self, name: str) -> None:
        """Delete a bucket if it exists."""
        if self.has_bucket(name):
            with _sentence(f"delete the bucket {name}"):
                self._s3.delete_bucket(Bucket=name)

    def has_bucket(self, name: str) -> bool:
        """Say whether a bucket exists."""
        with _sentence("list the buckets"):
            return name in {each["Name"] for each in self._s3.list_buckets().get("Buckets", ())}

    def put(self, key: str, body: bytes) -> None:
        """Store an object."""
        with _sentence(f"put {key}"):
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def remove(self, *keys: str) -> None:
        """Delete objects one by one; it is no matter if they are missing."""
        for key in keys:
            with contextlib.suppress(ClientError, BotoCoreError):
                self._s3.delete_object(Bucket=self.bucket, Key=key)

    def differs(self, key: str, body: bytes) -> str | None:
        """Say how a stored object differs from these bytes, or return None."""
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=key)
            stored = answer["Body"].read()
        except ClientError as error:
            return f"{key} cannot be read: {_code(error)}"
        except BotoCoreError as error:
            return f"{key} cannot be read: {type(error).__name__}"
        if stored != body:
            framed = b";chunk-signature=" in stored or b"\r\n0\r\n" in stored
            hint = ", with the framing of aws-chunked in them" if framed else ""
            return f"{key} is stored as {len(stored)} other bytes, not {len(body)}{hint}"
        return None

    def has(self, key: str) -> bool:
        """Say whether a key is listed or can be read."""
        try:
            self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise LabError(f"could not look for {key}: {_code(error)}") from None
        return True

    def head(self, key: str) -> Head:
        """Return what describes an object."""
        with _sentence(f"look at {key}"):
            answer = self._s3.head_object(Bucket=self.bucket, Key=key)
        return Head(
            content_type=answer.get("ContentType", ""),
            content_encoding=answer.get("ContentEncoding", ""),
            metadata=answer.get("Metadata", {}),
        )

    def tags(self, key: str) -> dict[str, str]:
        """Return an object's tags."""
        with _sentence(f"read the tags of {key}"):
            answer = self._s3.get_object_tagging(Bucket=self.bucket, Key=key)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def keys(self, prefix: str) -> set[str]:
        """Return the keys under a prefix, as the server lists them."""
        with _sentence(f"list {prefix}"):
            answer = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return {each["Key"] for each in answer.get("Contents", ())}

    def fetch(self, method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send one bare request to a URL that a client made, and return status and body.

        It has no Content-Type, which some signatures cover. The URL is of the proxy on this
        machine, whose certificate is not looked at.
        """
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
        if parts.scheme == "https":
            trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            connection = http.client.HTTPSConnection(
                parts.netloc, timeout=TIMEOUT, context=trusting
            )
        with contextlib.closing(connection):
            try:
                connection.request(method, f"{parts.path}?{parts.query}", body)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException) as error:
                raise LabError(f"the presigned URL: {error}") from None


@contextlib.contextmanager
def _sentence(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise LabError(f"the lab could not {what}: {_code(error)}") from None
    except BotoCoreError as error:
        raise LabError(f"the lab could not {what}: {type(error).__name__}") from None


def _code(error: ClientError) -> str:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return f"{status} {error.response['Error']['Code']}"
