"""Why a step fails: each failure of the published table, traced to rows of the matrices.

Each entry was written after reading the recorded request and its answer.
"""

from dataclasses import dataclass

EVERY = "*"
ALL = (EVERY,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause.

    Attributes:
        rows: the rows of the matrices in `specs/` that tell of it; none if no row does.
        note: what the server or the client does, in a sentence without its full stop.
        servers, clients, steps: where it is seen; `*` is every one.
        codes: the error codes of the answer; the empty one is an answer without.
    """

    rows: tuple[str, ...]
    note: str
    servers: tuple[str, ...] = ALL
    clients: tuple[str, ...] = ALL
    steps: tuple[str, ...] = ALL
    codes: tuple[str, ...] = ALL

    def holds(self, server: str, client: str, step: str, code: str) -> bool:
        """Say whether a failure is of this cause."""
        pairs = (
            (self.servers, server),
            (self.clients, client),
            (self.steps, step),
            (self.codes, code),
        )
        return all(not {EVERY, found}.isdisjoint(named) for named, found in pairs)


TRAILERS = "Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER"
PUTS = ("put-small", "put-empty", "put-large")

CAUSES: tuple[Cause, ...] = (
    Cause(
        clients=("s3cmd",),
        steps=("metadata",),
        codes=("SignatureDoesNotMatch",),
        rows=("Metadata/spaces",),
        note="s3cmd signs a header's value with all of its spaces, where the signature is defined"
        " over one for several; servers that verify it refuse",
    ),
    Cause(
        clients=("aws_sdk_js",),
        steps=("presign-put",),
        rows=("Presigned/headers-in-the-query",),
        note="The SDK puts the CRC32 of an empty body into the URL it presigns; servers that verify"
        " the checksum refuse every other body",
    ),
    Cause(
        clients=("boto3", "aws_cli", "s3fs", "s3cmd"),
        steps=("presign-get", "presign-put"),
        rows=("Presigned/signature-version-2",),
        note="The client presigns with signature version 2 by default, which the server does not"
        " take",
    ),
    Cause(
        servers=("seaweedfs", "versitygw", "rclone", "s3proxy"),
        steps=PUTS,
        codes=("",),
        rows=(TRAILERS,),
        note="The object keeps `aws-chunked`, the framing of the request's body, as its"
        " Content-Encoding",
    ),
    Cause(
        servers=("ceph_rgw", "rclone"),
        codes=("MissingContentLength",),
        rows=(TRAILERS,),
        note="A body in `aws-chunked` without a Content-Length is refused",
    ),
    Cause(
        servers=("ceph_rgw",),
        codes=("XAmzContentSHA256Mismatch",),
        rows=(TRAILERS,),
        note="A body in `aws-chunked` with a trailer is taken for one whose digest is the word that"
        " says so",
    ),
    Cause(
        servers=("seaweedfs", "versitygw", "s3proxy"),
        steps=("key-double-slash",),
        rows=("Key/double-slash",),
        note="`a//b` is stored as `a/b`",
    ),
    Cause(
        servers=("minio", "rclone", "s3rver"),
        steps=("key-double-slash",),
        rows=("Key/double-slash",),
        note="A key with an empty segment is refused",
    ),
    Cause(
        servers=("rclone", "s3rver"),
        steps=("create-if-absent", "replace-if-match"),
        codes=("",),
        rows=("PutObject/If-None-Match", "PutObject/If-Match"),
        note="If-Match and If-None-Match are ignored on PutObject: the object is overwritten",
    ),
    Cause(
        servers=("rclone",),
        clients=("obstore",),
        steps=("range",),
        rows=("GetObject/Range", "HTTP/range-is-206"),
        note="A range is served with 200, not 206; the client takes that for the whole object",
    ),
    Cause(
        servers=("rclone",),
        clients=("minio_py",),
        steps=("missing-key",),
        rows=("Error/NoSuchKey",),
        note="Errors are of the media type `text/xml`; the client reads `application/xml` alone",
    ),
    Cause(
        servers=("rclone",),
        clients=("aws_sdk_java",),
        steps=("metadata",),
        rows=("Metadata/PutObject",),
        note="The names of metadata come back in title case, which the SDK keeps",
    ),
    Cause(
        servers=("rclone",),
        clients=("s3cmd",),
        steps=("copy",),
        rows=("GetObjectAcl",),
        note="GetObjectAcl is answered with the object's bytes, which the client reads as XML",
    ),
    Cause(
        servers=("ceph_rgw",),
        steps=("replace-if-match",),
        codes=("PreconditionFailed",),
        rows=("PutObject/If-Match",),
        note="PutObject with If-Match and the object's own ETag is refused",
    ),
    Cause(
        servers=("moto_server",),
        clients=("aws_sdk_java",),
        steps=("put-multipart",),
        rows=("HTTP/expect-100-continue",),
        note="The server answers 100 Continue twice; the SDK's asynchronous client takes the second"
        " for the answer",
    ),
    Cause(
        servers=("s3rver",),
        steps=("list",),
        codes=("InternalError",),
        rows=("ListObjectsV2/max-keys",),
        note="A list with a next page is answered 500: its token is made with an algorithm that"
        " the pinned Node's OpenSSL lacks",
    ),
    Cause(
        servers=("s3rver",),
        codes=("",),
        rows=(TRAILERS,),
        note="The framing of a body in `aws-chunked` with a trailer is stored with the object",
    ),
    Cause(
        servers=("s3rver",),
        clients=("minio_py",),
        steps=("delete-many",),
        rows=("DeleteObjects",),
        note="The client's DeleteObjects, which has no Content-Type, is answered 500",
    ),
    Cause(
        servers=("s3rver",),
        clients=("s3cmd",),
        steps=("metadata",),
        rows=("GetObjectAcl",),
        note="The answer to GetObjectAcl lacks what the client reads, and it ends with a traceback",
    ),
    Cause(
        servers=("s3mock",),
        clients=("aws_sdk_java",),
        steps=("key-double-slash",),
        rows=("Key/double-slash",),
        note="The SDK sends `//` as `/%2F`, which the server refuses",
    ),
    Cause(
        servers=("ministack",),
        clients=("s3cmd",),
        steps=("copy",),
        rows=("PutObjectAcl",),
        note="s3cmd copies the ACL, too; the bucket takes none, as AWS's by default since 2023",
    ),
    Cause(
        servers=("s3proxy",),
        clients=("rclone",),
        rows=("CreateBucket/x-amz-bucket-object-lock-enabled",),
        note="rclone creates the bucket before it writes a new object, with"
        " `x-amz-bucket-object-lock-enabled: false`, which is refused",
    ),
    Cause(
        servers=("s3proxy",),
        steps=("put-multipart",),
        clients=("aws_sdk_go", "aws_sdk_java"),
        codes=("NotImplemented",),
        rows=("MultipartRules/object-size",),
        note="CompleteMultipartUpload with `x-amz-mp-object-size`, which the SDK's transfer manager"
        " sends, is refused",
    ),
    Cause(
        servers=("s3proxy",),
        steps=("put-multipart",),
        codes=("NotImplemented",),
        rows=("ChecksumDefaults/UploadPart",),
        note="A request with an `x-amz-checksum-*` header is refused",
    ),
    Cause(
        servers=("s3proxy",),
        steps=("delete", "delete-many"),
        codes=("NotImplemented",),
        rows=("ChecksumDefaults/DeleteObjects",),
        note="DeleteObjects with an `x-amz-checksum-*` header is refused",
    ),
    Cause(
        servers=("s3proxy",),
        steps=("tags",),
        codes=("NotImplemented",),
        rows=("PutObjectTagging",),
        note="Tags are not implemented",
    ),
    Cause(
        servers=("s3proxy",),
        codes=("NotImplemented",),
        rows=("ChecksumDefaults/CRC32", "ChecksumDefaults/sdk-parameters"),
        note="A request with an `x-amz-checksum-*` header is refused, GetObject too: AWS's SDK for"
        " Java sends one there",
    ),
    Cause(
        servers=("s3proxy",),
        clients=("pyarrow",),
        rows=(TRAILERS, "ChecksumDefaults/CRC64NVME"),
        note="A trailer with CRC64NVME is refused",
    ),
    Cause(
        servers=("s3proxy",),
        clients=("s3fs",),
        steps=("create-bucket",),
        rows=("GetBucketLocation", "Error/NoSuchBucket"),
        note="GetBucketLocation of a bucket that does not exist is answered 200, so the client does"
        " not create it",
    ),
    Cause(
        servers=("r2_local",),
        steps=("put-multipart",),
        codes=("InvalidPart", ""),
        clients=("aws_sdk_go", "rclone", "s5cmd"),
        rows=("MultipartRules/etags-with-references",),
        note="In CompleteMultipartUpload `&#34;` is not read as a quotation mark, as which Go"
        " writes it; `&quot;` is",
    ),
    Cause(
        servers=("r2_local",),
        clients=("aws_sdk_java",),
        steps=("key-double-slash",),
        codes=("SignatureDoesNotMatch",),
        rows=("Key/double-slash",),
        note="The SDK sends `//` as `/%2F`, for which the server computes another signature",
    ),
    Cause(
        servers=("r2_local",),
        codes=("InternalError", "PreconditionFailed", ""),
        rows=(TRAILERS,),
        note="A body in `aws-chunked` with a trailer is answered 500, or with a Content-Length"
        " stored with its framing; R2 documents that it is not implemented",
    ),
    Cause(
        servers=("r2_local",),
        clients=("rclone",),
        codes=("NotImplemented",),
        rows=("CreateBucket",),
        note="rclone creates the bucket before it writes a new object; none can be created here",
    ),
    Cause(
        servers=("r2_local",),
        steps=("tags",),
        rows=("PutObjectTagging", "GetObjectTagging"),
        note="Tags are not implemented, as R2 documents",
    ),
)
"""In order: the first that holds is the one."""


def cause_of(server: str, client: str, step: str, code: str) -> Cause | None:
    """Return the cause of a failure, whose answer has this error code, or None."""
    return next((cause for cause in CAUSES if cause.holds(server, client, step, code)), None)
