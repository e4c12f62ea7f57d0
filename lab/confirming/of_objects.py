"""Failures about one object: how it is sent, named, described and addressed by a URL.

Every case was written from the row's promise, not from the probe's code.
"""

import hashlib
from collections.abc import Callable
from urllib.parse import quote

from lab.confirming.case import Case, Seen
from lab.confirming.common import OTHER, SMALL, crc32, element, md5, taken
from lab.confirming.raw import TRAILER, Raw

# Body.


def framing_kept(raw: Raw) -> Seen:
    """Content-Encoding of an object whose request was framed."""
    path = f"/{raw.bucket}/framed"
    sent = raw.framed(path, SMALL, crc32(SMALL))
    told = raw.send("HEAD", path).headers.get("content-encoding", "")
    return Seen(answer=sent, fails="aws-chunked" in told, told=f"Content-Encoding: {told} on HEAD")


def framing_refused(raw: Raw) -> Seen:
    """A framed body with a trailer."""
    path = f"/{raw.bucket}/framed"
    sent = raw.framed(path, SMALL, crc32(SMALL))
    back = raw.send("GET", path)
    told = f"then GET: {back}, {len(back.body)} bytes, of {len(SMALL)} sent"
    return Seen(answer=sent, fails=back.body != SMALL, told=told)


def half_a_body(raw: Raw) -> Seen:
    """A framed body that ends after its first half."""
    path = f"/{raw.bucket}/half"
    headers = {
        "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(2 * 8192),
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    body = b"2000\r\n" + b"h" * 8192 + b"\r\n"
    sent = raw.send("PUT", path, headers=headers, body=body, payload=TRAILER)
    back = raw.send("GET", path)
    told = f"then GET: {back}, {len(back.body)} of 16384 bytes"
    return Seen(answer=sent, fails=sent.ok, told=told)


def wrong_digest(raw: Raw) -> Seen:
    """Bytes whose digest is that of others."""
    digest = hashlib.sha256(OTHER).hexdigest()
    return taken(raw.send("PUT", f"/{raw.bucket}/digest", body=SMALL, payload=digest))


def wrong_chunk(raw: Raw) -> Seen:
    """A chunk with a wrong signature."""
    path = f"/{raw.bucket}/chunks"
    return taken(raw.signed_chunks(path, b"c" * 8192, SMALL, spoil=True))


# Checksums.


def wrong_checksum(raw: Raw) -> Seen:
    """Bytes whose checksum is that of others."""
    headers = {"x-amz-checksum-crc32": crc32(OTHER)}
    return taken(raw.send("PUT", f"/{raw.bucket}/sum", headers=headers, body=SMALL))


def wrong_part_checksum(raw: Raw) -> Seen:
    """A part whose checksum is that of others."""
    path = f"/{raw.bucket}/upload"
    upload = quote(element(raw.send("POST", path, "uploads="), "UploadId"))
    headers = {"x-amz-checksum-crc32": crc32(OTHER)}
    query = f"partNumber=1&uploadId={upload}"
    return taken(raw.send("PUT", path, query, headers=headers, body=SMALL))


def wrong_deletion_checksum(raw: Raw) -> Seen:
    """DeleteObjects whose checksum is that of others."""
    raw.put("kept", SMALL)
    body = b"<Delete><Object><Key>kept</Key></Object></Delete>"
    headers = {"x-amz-checksum-crc32": crc32(OTHER), **md5(body)}
    return taken(raw.send("POST", f"/{raw.bucket}", "delete=", headers=headers, body=body))


def object_after_refusal(raw: Raw) -> Seen:
    """An object after a PutObject that was refused."""
    path = raw.put("before", SMALL)
    headers = {"x-amz-checksum-crc32": crc32(OTHER)}
    refused = raw.send("PUT", path, headers=headers, body=b"new bytes")
    back = raw.send("GET", path)
    told = f"then GET gives {len(back.body)} of {len(SMALL)} bytes"
    return Seen(answer=refused, fails=not refused.ok and back.body != SMALL, told=told)


# URLs.


def query_header(raw: Raw) -> Seen:
    """Metadata in the query of a URL."""
    path = f"/{raw.bucket}/queried"
    sent = raw.send("PUT", path, "x-amz-meta-moved=yes", body=SMALL, expires=60)
    told = raw.send("HEAD", path).headers.get("x-amz-meta-moved", "none")
    return Seen(answer=sent, fails=told != "yes", told=f"x-amz-meta-moved: {told} on HEAD")


def unsigned_header(raw: Raw) -> Seen:
    """An x-amz- header that the URL does not sign."""
    path = raw.put("url", SMALL)
    return taken(raw.send("GET", path, expires=60, added={"x-amz-meta-added": "later"}))


def too_long(raw: Raw) -> Seen:
    """A URL that is to be good for longer than a week."""
    return taken(raw.send("GET", raw.put("url", SMALL), expires=604801))


def any_signature(raw: Raw) -> Seen:
    """A URL with another signature."""
    return taken(raw.send("GET", raw.put("url", SMALL), expires=60, spoil=True))


# Keys.


def _apart(raw: Raw, key: str, like: str) -> Seen:
    raw.send("PUT", f"/{raw.bucket}/{key}", body=SMALL)
    other = raw.send("PUT", f"/{raw.bucket}/{like}", body=OTHER)
    back = raw.send("GET", f"/{raw.bucket}/{key}")
    told = f"{len(back.body)} bytes, of {like!r}" if back.body == OTHER else f"PUT {like}: {other}"
    return Seen(answer=back, fails=back.body != SMALL or not other.ok, told=told)


def _key(key: str, like: str) -> Callable[[Raw], Seen]:
    return lambda raw: _apart(raw, key, like)


# Metadata.


def expires_header(raw: Raw) -> Seen:
    """Expires of an object."""
    when = "Thu, 01 Dec 2039 16:00:00 GMT"
    path = raw.put("expires", SMALL, {"Expires": when})
    back = raw.send("HEAD", path)
    told = back.headers.get("expires", "none")
    return Seen(answer=back, fails=told != when, told=f"Expires: {told}")


def language_header(raw: Raw) -> Seen:
    """Content-Language of an object."""
    path = raw.put("language", SMALL, {"Content-Language": "de"})
    back = raw.send("HEAD", path)
    told = back.headers.get("content-language", "none")
    return Seen(answer=back, fails=told != "de", told=f"Content-Language: {told}")


def replaced_metadata(raw: Raw) -> Seen:
    """Metadata on a copy that is to replace it."""
    source = raw.put("own", SMALL, {"x-amz-meta-own": "old"})
    headers = {"x-amz-copy-source": source, "x-amz-metadata-directive": "REPLACE"}
    copied = raw.send("PUT", f"/{raw.bucket}/copied", headers=headers)
    told = raw.send("HEAD", f"/{raw.bucket}/copied").headers.get("x-amz-meta-own", "none")
    return Seen(answer=copied, fails=told == "old", told=f"x-amz-meta-own: {told} on the copy")


CASES = (
    Case(row="Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER", servers=("r2_local", "s3proxy", "s3mock"),
         right="refused", show=half_a_body),
    Case(row="Presigned/headers-in-the-query", servers=("seaweedfs", "versitygw", "rclone"),
         right="stored", show=query_header),
    Case(row="Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER", servers=("seaweedfs", "versitygw"),
         right="Content-Encoding without aws-chunked", show=framing_kept),
    Case(row="Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER", servers=("ceph_rgw", "r2_local"),
         right="stored", show=framing_refused),
    Case(row="Body/sha256", servers=("seaweedfs", "moto_server", "ministack", "localstack"),
         right="refused", show=wrong_digest),
    Case(row="Body/STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
         servers=("moto_server", "ministack", "localstack"), right="refused", show=wrong_chunk),
    Case(row="ChecksumDefaults/CRC32", servers=("ceph_rgw", "moto_server"), right="refused",
         show=wrong_checksum),
    Case(row="ChecksumDefaults/CRC32", servers=("localstack", "s3s_fs"), right="as it was",
         show=object_after_refusal),
    Case(row="ChecksumDefaults/UploadPart", servers=("ceph_rgw", "moto_server"),
         right="refused", show=wrong_part_checksum),
    Case(row="ChecksumDefaults/DeleteObjects",
         servers=("minio", "seaweedfs", "ministack", "localstack"), right="refused",
         show=wrong_deletion_checksum),
    Case(row="Presigned/GetObject", servers=("ceph_rgw", "ministack", "moto_server"),
         right="refused", show=unsigned_header),
    Case(row="Presigned/GetObject", servers=("moto_server", "s3mock"), right="refused",
         show=any_signature),
    Case(row="Presigned/expires-after-a-week", servers=("localstack", "moto_server"),
         right="refused", show=too_long),
    Case(row="Key/double-slash", servers=("versitygw", "seaweedfs", "juicefs", "minio", "rclone"),
         right="two objects", show=_key("a//b", "a/b")),
    Case(row="Key/leading-slash", servers=("minio", "seaweedfs", "versitygw"),
         right="two objects", show=_key("/l", "l")),
    Case(row="Key/backslash", servers=("seaweedfs",), right="two objects",
         show=_key("c\\d", "c/d")),
    Case(row="Key/below-another", servers=("versitygw", "juicefs", "rclone", "s3s_fs"),
         right="two objects", show=_key("e/f", "e")),
    Case(row="Metadata/system-headers", servers=("rclone", "juicefs"), right="Expires as sent",
         show=expires_header),
    Case(row="Metadata/system-headers", servers=("juicefs",), right="Content-Language as sent",
         show=language_header),
    Case(row="Metadata/copied", servers=("rclone",), right="no old metadata",
         show=replaced_metadata),
)  # fmt: skip
