"""Failures about what a store keeps: errors, versions, races and multipart uploads.

Every case was written from the row's promise, not from the probe's code.
"""

import concurrent.futures
from urllib.parse import quote

from lab.confirming.case import Case, Seen
from lab.confirming.common import OTHER, SMALL, differs, element, md5, taken
from lab.confirming.raw import Answer, Raw

PART = b"p" * (5 * 2**20)


# Errors.


def missing_version(raw: Raw) -> Seen:
    """A version that was deleted."""
    bucket = _versioned(raw)
    path = f"/{bucket}/v"
    version = raw.send("PUT", path, body=SMALL).headers["x-amz-version-id"]
    raw.send("PUT", path, body=OTHER)
    raw.send("DELETE", path, f"versionId={version}")
    return differs(raw.send("GET", path, f"versionId={version}"), "404 NoSuchVersion")


def broken_document(raw: Raw) -> Seen:
    """XML that is none."""
    body = b"<Delete><Object><Key>unclosed</Key></Delete>"
    answer = raw.send("POST", f"/{raw.bucket}", "delete=", headers=md5(body), body=body)
    return differs(answer, "400 MalformedXML")


def unknown_region(raw: Raw) -> Seen:
    """A bucket in a region that is none."""
    body = (
        b"<CreateBucketConfiguration><LocationConstraint>no-such-region-1"
        b"</LocationConstraint></CreateBucketConfiguration>"
    )
    return taken(raw.send("PUT", f"/{raw.bucket}-region", body=body))


def unknown_token(raw: Raw) -> Seen:
    """A session token that is none."""
    headers = {"x-amz-security-token": "no-token"}
    return taken(raw.send("GET", raw.put("token", SMALL), headers=headers))


def key_in_no_bucket(raw: Raw) -> Seen:
    """A key in a bucket that is not there."""
    return differs(raw.send("GET", f"/{raw.bucket}-none/k"), "404 NoSuchBucket")


def unknown_class(raw: Raw) -> Seen:
    """A storage class that is none."""
    headers = {"x-amz-storage-class": "NO_CLASS"}
    return taken(raw.send("PUT", f"/{raw.bucket}/class", headers=headers, body=SMALL))


def unknown_upload(raw: Raw) -> Seen:
    """A part of no upload."""
    query = "partNumber=1&uploadId=none"
    answer = raw.send("PUT", f"/{raw.bucket}/upload", query, body=SMALL)
    return differs(answer, "404 NoSuchUpload")


# Versions.


def _versioned(raw: Raw) -> str:
    bucket = raw.new_bucket()
    _versioning(raw, bucket, "Enabled")
    return bucket


def _versioning(raw: Raw, bucket: str, status: str) -> None:
    body = f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>".encode()
    raw.send("PUT", f"/{bucket}", "versioning=", headers=md5(body), body=body)


def marker_by_id(raw: Raw) -> Seen:
    """A delete marker by its version id."""
    path = raw.put("marked", SMALL, bucket=_versioned(raw))
    marker = raw.send("DELETE", path).headers["x-amz-version-id"]
    answer = raw.send("GET", path, f"versionId={quote(marker)}")
    return differs(answer, "405 MethodNotAllowed")


def copied_version(raw: Raw) -> Seen:
    """The version id of a copy's source."""
    bucket = _versioned(raw)
    version = raw.send("PUT", f"/{bucket}/v", body=SMALL).headers["x-amz-version-id"]
    headers = {"x-amz-copy-source": f"/{bucket}/v?versionId={version}"}
    answer = raw.send("PUT", f"/{bucket}/copied", headers=headers)
    told = answer.headers.get("x-amz-copy-source-version-id", "none")
    text = f"x-amz-copy-source-version-id: {told}"
    return Seen(answer=answer, fails=told != version, told=text)


def kept_version(raw: Raw) -> Seen:
    """A version once versioning is suspended and the key overwritten."""
    bucket = _versioned(raw)
    version = raw.send("PUT", f"/{bucket}/v", body=SMALL).headers["x-amz-version-id"]
    _versioning(raw, bucket, "Suspended")
    raw.put("v", OTHER, bucket=bucket)
    raw.put("v", OTHER, bucket=bucket)
    answer = raw.send("GET", f"/{bucket}/v", f"versionId={version}")
    return Seen(answer=answer, fails=answer.body != SMALL)


def pages_of_versions(raw: Raw) -> Seen:
    """The second page of one version each."""
    bucket = _versioned(raw)
    for body in (SMALL, OTHER):
        raw.put("v", body, bucket=bucket)
    first = raw.send("GET", f"/{bucket}", "max-keys=1&versions=")
    marks = "".join(
        f"&{name}={quote(element(first, told))}"
        for name, told in (
            ("key-marker", "NextKeyMarker"),
            ("version-id-marker", "NextVersionIdMarker"),
        )
    )
    query = "&".join(sorted(f"max-keys=1&versions={marks}".split("&")))
    second = raw.send("GET", f"/{bucket}", query)
    ids = [element(page, "VersionId") for page in (first, second)]
    told = "the version of the first page again" if ids[0] == ids[1] else "another version"
    return Seen(answer=second, fails=ids[0] == ids[1], told=told)


def phantom_prefix(raw: Raw) -> Seen:
    """A listing by folders, whose one object is deleted."""
    path = raw.put("folder/a", SMALL, bucket=_versioned(raw))
    raw.send("DELETE", path)
    bucket = path.split("/")[1]
    answer = raw.send("GET", f"/{bucket}", "delimiter=%2F&list-type=2")
    there = b"<CommonPrefixes>" in answer.body
    told = "CommonPrefixes folder/" if there else "no CommonPrefixes"
    return Seen(answer=answer, fails=there, told=told)


# Races.


def created_at_once(raw: Raw) -> Seen:
    """Eight writers that create one key, each if nobody has; the worst of ten rounds."""
    headers = {"If-None-Match": "*"}

    def write(number: int, path: str) -> Answer:
        return raw.send("PUT", path, headers=headers, body=SMALL + b"%d" % number)

    most, answers = 0, [raw.send("HEAD", f"/{raw.bucket}")]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for turn in range(10):
            path = f"/{raw.bucket}/at-once-{turn}"
            found = [*pool.map(write, range(8), [path] * 8)]
            served = sum(answer.ok for answer in found)
            if served > most:
                most, answers = served, found
    return Seen(answer=answers[0], fails=most > 1, told=f"{most} of 8 at once are served")


def no_such_match(raw: Raw) -> Seen:
    """If-Match for a key that is not there."""
    headers = {"If-Match": '"0123456789abcdef0123456789abcdef"'}
    return taken(raw.send("PUT", f"/{raw.bucket}/none", headers=headers, body=SMALL))


def any_match(raw: Raw) -> Seen:
    """If-Match: * for a key that is not there."""
    answer = raw.send("PUT", f"/{raw.bucket}/none", headers={"If-Match": "*"}, body=SMALL)
    return Seen(answer=answer, fails=answer.ok or answer.status >= 500)


# Uploads.


def _begin(raw: Raw, key: str = "upload") -> tuple[str, str]:
    path = f"/{raw.bucket}/{key}"
    return path, quote(element(raw.send("POST", path, "uploads="), "UploadId"))


def _part(raw: Raw, path: str, upload: str, number: int, body: bytes) -> Answer:
    return raw.send("PUT", path, f"partNumber={number}&uploadId={upload}", body=body)


def _complete(raw: Raw, path: str, upload: str, *parts: tuple[int, str]) -> Answer:
    listed = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
        for number, etag in parts
    )
    body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
    return raw.send("POST", path, f"uploadId={upload}", body=body)


def part_left_out(raw: Raw) -> Seen:
    """A completion of one of two parts."""
    path, upload = _begin(raw)
    etag = _part(raw, path, upload, 1, SMALL).headers["etag"]
    _part(raw, path, upload, 2, OTHER)
    answer = _complete(raw, path, upload, (1, etag))
    return Seen(answer=answer, fails=not answer.ok)


def part_10001(raw: Raw) -> Seen:
    """Part number 10001."""
    return taken(_part(raw, *_begin(raw), 10001, SMALL))


def older_part(raw: Raw) -> Seen:
    """The ETag of a part that was sent again since."""
    path, upload = _begin(raw)
    etag = _part(raw, path, upload, 1, SMALL).headers["etag"]
    _part(raw, path, upload, 1, OTHER)
    return taken(_complete(raw, path, upload, (1, etag)))


def listed_twice(raw: Raw) -> Seen:
    """One part that is listed twice."""
    path, upload = _begin(raw)
    etag = _part(raw, path, upload, 1, PART).headers["etag"]
    return taken(_complete(raw, path, upload, (1, etag), (1, etag)))


def reference(raw: Raw) -> Seen:
    """An ETag whose quotation marks are written `&#34;`."""
    path, upload = _begin(raw)
    etag = _part(raw, path, upload, 1, SMALL).headers["etag"].replace('"', "&#34;")
    answer = _complete(raw, path, upload, (1, etag))
    return Seen(answer=answer, fails=not answer.ok, told="ETag in &#34;")


CASES = (
    Case(row="Versioning/delete-marker", servers=("minio", "versitygw", "moto_server"),
         right="no CommonPrefixes", show=phantom_prefix),
    Case(row="Error/NoSuchVersion", servers=("ceph_rgw",), right="404 NoSuchVersion",
         show=missing_version),
    Case(row="Error/MalformedXML", servers=("ceph_rgw", "localstack", "moto_server", "versitygw"),
         right="400 MalformedXML", show=broken_document),
    Case(row="Error/InvalidLocationConstraint", servers=("minio", "ministack", "seaweedfs"),
         right="refused", show=unknown_region),
    Case(row="Error/InvalidToken", servers=("ceph_rgw", "garage", "localstack", "rclone"),
         right="refused", show=unknown_token),
    Case(row="Error/NoSuchBucket", servers=("s3s_fs",), right="404 NoSuchBucket",
         show=key_in_no_bucket),
    Case(row="Error/InvalidStorageClass", servers=("versitygw",), right="refused",
         show=unknown_class),
    Case(row="Error/NoSuchUpload", servers=("moto_server",), right="404 NoSuchUpload",
         show=unknown_upload),
    Case(row="Versioning/marker-by-version-id", servers=("ceph_rgw", "seaweedfs", "moto_server"),
         right="405 MethodNotAllowed", show=marker_by_id),
    Case(row="Versioning/copy-version", servers=("seaweedfs", "ceph_rgw"),
         right="the source's version id", show=copied_version),
    Case(row="Versioning/suspended", servers=("moto_server", "s3mock"), right="as before",
         show=kept_version),
    Case(row="Versioning/list-versions", servers=("versitygw",), right="the next version",
         show=pages_of_versions),
    Case(row="Consistency/create-at-once",
         servers=("juicefs", "rclone", "s3s_fs", "garage", "s3proxy", "s3mock"),
         right="one of them", show=created_at_once),
    Case(row="Consistency/if-match-on-a-missing-key", servers=("juicefs", "rclone"),
         right="refused", show=no_such_match),
    Case(row="Consistency/if-match-on-a-missing-key", servers=("localstack",),
         right="refused, and no server error", show=any_match),
    Case(row="MultipartRules/part-left-out", servers=("ceph_rgw",), right="completed",
         show=part_left_out),
    Case(row="MultipartRules/part-numbers", servers=("ceph_rgw",), right="refused",
         show=part_10001),
    Case(row="MultipartRules/part-sent-again", servers=("seaweedfs", "s3s_fs"), right="refused",
         show=older_part),
    Case(row="MultipartRules/part-listed-twice",
         servers=("minio", "ceph_rgw", "localstack", "seaweedfs"), right="refused",
         show=listed_twice),
    Case(row="MultipartRules/etags-with-references", servers=("r2_local",), right="completed",
         show=reference),
)  # fmt: skip
