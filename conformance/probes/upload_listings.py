"""ListMultipartUploads, ListParts and their parameters.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.probing import Seen, Undecided, Workbench, judge, offered, operation, probe, shows
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.listings import (
    LISTING,
    NAMES,
    ODD_NAME,
    entries,
    limited,
    narrowed,
    truncated,
    url_encoded,
)
from conformance.subjects.multipart import Upload, begin, begun
from conformance.verdict import Observation

UPLOADS = "ListMultipartUploads"
KEY = "Upload/Key"
ID = "Upload/UploadId"
NUMBER = "Part/PartNumber"
# Not one after the other, for S3 does not ask for that.
NUMBERS = (1, 2, 4)


def _spelt(query: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in query.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """Uploads that are only listed, under a prefix of their own."""

    prefix: str
    uploads: Sequence[Upload]

    @property
    def keys(self) -> list[str]:
        return [upload.key for upload in self.uploads]

    def list(self, **query: str) -> Call:
        """A listing of these uploads; `max_uploads` is sent as `max-uploads`."""
        query = {"prefix": self.prefix, **_spelt(query)}
        return Call(operation=UPLOADS, bucket=self.uploads[0].bucket, query=query)


def _begun(bench: Workbench, names: Sequence[str]) -> Uploads:
    prefix, bucket = bench.key("/"), bench.bucket
    calls = [
        Call(operation="CreateMultipartUpload", bucket=bucket, key=prefix + name) for name in names
    ]
    return Uploads(prefix=prefix, uploads=[begun(bench.setup(call)) for call in calls])


def _many(bench: Workbench) -> Uploads:
    return bench.shared("uploads to list", lambda bench: _begun(bench, NAMES))


def _folder(bench: Workbench) -> Uploads:
    """The same, where a prefix lists them: some stores list the uploads of one key only."""
    ours = _many(bench)
    listed = bench.shared("a listing of uploads", lambda bench: bench.setup(ours.list()).texts(KEY))
    if sorted(listed) != sorted(ours.keys):
        raise Undecided(f"of {len(ours.keys)} uploads under a prefix {len(listed)} are listed")
    return ours


def _of_one_key(bench: Workbench, names: Sequence[str]) -> Uploads:
    uploads = _begun(bench, names)
    return replace(uploads, prefix=uploads.keys[0])


def _twins(bench: Workbench) -> Uploads:
    return bench.shared("two uploads of one key", lambda bench: _of_one_key(bench, "aa"))


def _odd(bench: Workbench) -> Uploads:
    return bench.shared("an upload of an odd name", lambda bench: _of_one_key(bench, [ODD_NAME]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An upload with parts that are only listed."""

    upload: Upload
    entries: Sequence[Mapping[str, str]]

    @property
    def numbers(self) -> list[str]:
        return [entry["PartNumber"] for entry in self.entries]

    def list(self, **query: str) -> Call:
        """A listing of these parts; `max_parts` is sent as `max-parts`."""
        return self.upload.call("ListParts", query=_spelt(query))


def _uploaded(bench: Workbench) -> Parts:
    upload = begin(bench)
    parts = [bench.setup(upload.part(number, bench.text(40 + number))) for number in NUMBERS]
    told = [
        {"PartNumber": str(number), "Size": str(40 + number), "ETag": part.etag}
        for number, part in zip(NUMBERS, parts, strict=True)
    ]
    return Parts(upload=upload, entries=told)


def _parts(bench: Workbench) -> Parts:
    return bench.shared("parts to list", _uploaded)


@operation("ListMultipartUploads")
def list_multipart_uploads(bench: Workbench, _: str) -> Observation:
    """List an upload, under an id that ends it, for as long as it is going on."""
    upload = begin(bench)
    call = Call(operation=UPLOADS, bucket=upload.bucket, query={"prefix": upload.key})

    during = offered(bench.treat(call))
    ids = {entry.findtext("Key"): entry.findtext("UploadId") for entry in during.xml.iter("Upload")}
    listed = shows(
        during.root == "ListMultipartUploadsResult" and bool(ids.get(upload.key)),
        "the upload is listed",
        f"answers {during.root or 'no XML'} without the upload",
        otherwise=Seen.ABSENT if during.root in ("", LISTING) else Seen.WRONG,
    )
    if listed.seen is not Seen.HELD:
        return judge(listed)
    # The id listed need not be spelt as the one that CreateMultipartUpload gave.
    ended = bench.attempt(
        replace(upload, upload_id=ids[upload.key] or "").call("AbortMultipartUpload")
    )
    after = bench.effect(call)
    gone = ended.ok and after.root == during.root and upload.key not in after.texts(KEY)

    return judge(
        listed,
        shows(
            gone,
            "and no longer after AbortMultipartUpload of the id listed",
            f"AbortMultipartUpload of the id listed: {ended.describe()}, and the upload is "
            f"{'still' if upload.key in after.texts(KEY) else 'not'} listed",
        ),
    )


@probe("ListMultipartUploads/prefix")
def prefix(bench: Workbench) -> Observation:
    """List only uploads of keys that begin with the prefix."""
    ours = _many(bench)
    begin, whole = ours.prefix + "b/", ours.keys[1]

    answer = bench.treat(ours.list(prefix=begin))
    bench.accepted(answer, "prefix")
    seen = answer.texts(KEY)
    others = [key for key in seen if not key.startswith(begin)]

    proof = narrowed("the prefix", seen, ours.keys[1:3], others or ours.keys, "upload")
    if proof.seen is Seen.HELD or seen:
        return judge(proof)
    # Some stores know a prefix that is a whole key, and no other.
    alone = bench.effect(ours.list(prefix=whole)).texts(KEY)
    return judge(proof, narrowed("a whole key", alone, [whole], ours.keys, "upload"))


@probe("ListMultipartUploads/delimiter")
def delimiter(bench: Workbench) -> Observation:
    """Roll keys up to the delimiter into one CommonPrefixes element."""
    ours = _folder(bench)
    first, *rolled, last = ours.keys

    answer = bench.treat(ours.list(delimiter="/"))
    bench.accepted(answer, "delimiter")
    prefixes, keys = answer.texts("CommonPrefixes/Prefix"), answer.texts(KEY)

    return judge(
        shows(
            prefixes == [ours.prefix + "b/"],
            "CommonPrefixes has the one folder",
            f"CommonPrefixes has not just the one folder: {prefixes[:2]}",
            otherwise=Seen.WRONG if prefixes or not keys else Seen.ABSENT,
        ),
        narrowed("the rest", keys, [first, last], rolled, "upload"),
    )


@probe("ListMultipartUploads/encoding-type")
def encoding_type(bench: Workbench) -> Observation:
    """List keys URL-encoded, and say so in EncodingType."""
    ours = _odd(bench)

    encoded = bench.treat(ours.list(encoding_type="url"))
    bench.accepted(encoded, "encoding-type")
    plain = bench.control(ours.list())

    return judge(*url_encoded(ours.keys[0], encoded, plain, KEY))


@probe("ListMultipartUploads/key-marker")
def key_marker(bench: Workbench) -> Observation:
    """List only uploads of keys that come after this one, which need not exist."""
    ours = _folder(bench)

    existing = bench.treat(ours.list(key_marker=ours.keys[1]))
    bench.accepted(existing, "key-marker")
    missing = bench.effect(ours.list(key_marker=ours.prefix + "b/"))

    return judge(
        narrowed("after the second key", existing.texts(KEY), ours.keys[2:], ours.keys, "upload"),
        narrowed("after no key's name", missing.texts(KEY), ours.keys[1:], ours.keys, "upload"),
    )


@probe("ListMultipartUploads/max-uploads")
def max_uploads(bench: Workbench) -> Observation:
    """List no more uploads than this, and say that there are more and where to go on."""
    ours = _twins(bench)

    page = bench.treat(ours.list(max_uploads="1"))
    bench.accepted(page, "max-uploads")

    return judge(
        limited(1, page.texts(KEY), ours.keys, "upload"),
        truncated(page, NextKeyMarker=ours.keys[0], NextUploadIdMarker=""),
    )


@probe("ListMultipartUploads/upload-id-marker")
def upload_id_marker(bench: Workbench) -> Observation:
    """List the other uploads of the key-marker's own key, where key-marker alone skips them."""
    twins = _twins(bench)

    both = bench.setup(twins.list()).texts(ID)
    if len(both) != len(twins.keys):
        raise Undecided(f"of two uploads of one key {len(both)} are listed")
    pages = [
        bench.treat(twins.list(key_marker=twins.keys[0], upload_id_marker=upload_id))
        for upload_id in both
    ]
    bench.accepted(_refused(pages), "upload-id-marker")
    left = sorted(len(page.texts(KEY)) for page in pages)

    # Which of the two comes first, the older one or the one whose id sorts first, is not asked.
    return judge(
        shows(
            left == [0, 1],
            "one upload follows the first of two, and none the last",
            f"{left[0]} and {left[1]} uploads follow the two of one key",
            otherwise=Seen.ABSENT if left in ([0, 0], [2, 2]) else Seen.WRONG,
        )
    )


def _refused(answers: Sequence[Response]) -> Response:
    return next((answer for answer in answers if not answer.ok), answers[0])


@operation("ListParts")
def list_parts(bench: Workbench, _: str) -> Observation:
    """List an upload's parts in order, with their numbers, sizes and ETags."""
    parts = _parts(bench)

    answer = offered(bench.treat(parts.list()))

    return judge(*entries(answer, "ListPartsResult", "Part", parts.entries))


@probe("ListParts/max-parts")
def max_parts(bench: Workbench) -> Observation:
    """List no more parts than this, and say that there are more and where to go on."""
    parts = _parts(bench)

    page = bench.treat(parts.list(max_parts="2"))
    bench.accepted(page, "max-parts")

    return judge(
        limited(2, page.texts(NUMBER), parts.numbers, "part"),
        truncated(page, NextPartNumberMarker=parts.numbers[1]),
    )


@probe("ListParts/part-number-marker")
def part_number_marker(bench: Workbench) -> Observation:
    """List only parts with a higher number than this, which need not exist."""
    parts = _parts(bench)

    existing = bench.treat(parts.list(part_number_marker="1"))
    bench.accepted(existing, "part-number-marker")
    missing = bench.effect(parts.list(part_number_marker="3"))

    return judge(
        narrowed("after 1", existing.texts(NUMBER), parts.numbers[1:], parts.numbers, "part"),
        narrowed("after 3", missing.texts(NUMBER), parts.numbers[2:], parts.numbers, "part"),
    )
