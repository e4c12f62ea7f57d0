"""The smallest valid request of every operation, on a subject of its own.

Families that add one header to any operation (owner check, request payer, checksums) build on
these; so may a probe that only needs "a request that is served". Each call makes fresh subjects
for what the operation would change or delete, and uses shared ones for what it only reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import Stored, Workbench
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call, OperationName
from conformance.s3.xml import REGIONS_WITHOUT_CONSTRAINT, XMLNS, location_constraint
from conformance.subjects import bucket_configurations as config
from conformance.subjects.bucket_configurations import operations
from conformance.subjects.multipart import begin, create_call

Maker = Callable[[Workbench], Call]


def create_bucket(bench: Workbench) -> Call:
    """CreateBucket of a name nobody has used, in the endpoint's own region."""
    region = bench.endpoint.region
    body = b"" if region in REGIONS_WITHOUT_CONSTRAINT else location_constraint(region)
    return Call(operation="CreateBucket", bucket=bench.bucket_name(), body=body)


def delete_objects(*objects: Stored, version: str = "") -> Call:
    """DeleteObjects of objects in one bucket, with the `Content-MD5` that AWS requires."""
    of = f"<VersionId>{version}</VersionId>" if version else ""
    keys = "".join(f"<Object><Key>{subject.key}</Key>{of}</Object>" for subject in objects)
    body = f'<Delete xmlns="{XMLNS}">{keys}</Delete>'.encode()
    return Call(
        operation="DeleteObjects",
        bucket=objects[0].bucket,
        headers=content_md5(body),
        body=body,
    )


def tagging(**tags: str) -> bytes:
    """A Tagging document."""
    pairs = "".join(f"<Tag><Key>{k}</Key><Value>{v}</Value></Tag>" for k, v in tags.items())
    return f'<Tagging xmlns="{XMLNS}"><TagSet>{pairs}</TagSet></Tagging>'.encode()


def put_object_tagging(subject: Stored, **tags: str) -> Call:
    """PutObjectTagging with these tags."""
    body = tagging(**tags)
    return subject.call("PutObjectTagging", headers=content_md5(body), body=body)


def _put_object(bench: Workbench) -> Call:
    return Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())


def _copy_object(bench: Workbench) -> Call:
    headers = {"x-amz-copy-source": bench.plain.source}
    return Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=headers)


def _complete(bench: Workbench) -> Call:
    upload = begin(bench)
    return upload.complete([bench.setup(upload.part(1, bench.text())).etag])


def _list_parts(bench: Workbench) -> Call:
    return bench.shared("an upload", begin).call("ListParts")


def _in_bucket(operation: OperationName, **query: str) -> Maker:
    return lambda bench: Call(operation=operation, bucket=bench.bucket, query=query)


def _list(operation: OperationName) -> Maker:
    return lambda bench: Call(
        operation=operation, bucket=bench.bucket, query={"prefix": bench.sandbox.prefix}
    )


SMALLEST: Final[dict[str, Maker]] = {
    "ListBuckets": lambda _: Call(operation="ListBuckets"),
    "HeadBucket": _in_bucket("HeadBucket"),
    "CreateBucket": create_bucket,
    "DeleteBucket": lambda bench: Call(operation="DeleteBucket", bucket=bench.new_bucket()),
    "GetBucketLocation": _in_bucket("GetBucketLocation"),
    **{operation: config.smallest(operation) for operation in config.OPERATIONS_COVERED},
    "ListObjects": _list("ListObjects"),
    "ListObjectsV2": _list("ListObjectsV2"),
    "ListMultipartUploads": _list("ListMultipartUploads"),
    "HeadObject": lambda bench: bench.plain.call("HeadObject"),
    "GetObject": lambda bench: bench.plain.call("GetObject"),
    "PutObject": _put_object,
    "CopyObject": _copy_object,
    "DeleteObject": lambda bench: bench.put().call("DeleteObject"),
    "DeleteObjects": lambda bench: delete_objects(bench.put()),
    "CreateMultipartUpload": create_call,
    "UploadPart": lambda bench: begin(bench).part(1, bench.text()),
    "UploadPartCopy": lambda bench: begin(bench).copy(1, bench.plain),
    "CompleteMultipartUpload": _complete,
    "AbortMultipartUpload": lambda bench: begin(bench).call("AbortMultipartUpload"),
    "ListParts": _list_parts,
    "GetObjectTagging": lambda bench: bench.put().call("GetObjectTagging"),
    "PutObjectTagging": lambda bench: put_object_tagging(bench.put(), purpose="conformance"),
    "DeleteObjectTagging": lambda bench: bench.put().call("DeleteObjectTagging"),
}


DOCUMENTS: Final = (*operations("Put"), "PutObjectTagging", "DeleteObjects")
