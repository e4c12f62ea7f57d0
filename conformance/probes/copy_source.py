"""What is copied: the source of a copy, and the range of it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from conformance.probing import (
    Call,
    Comparison,
    Hazard,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    equals,
    has_body,
    has_header,
    holds,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import configuration_bodies, copies, multipart, object_tags

COPY: Final = api("CopyObject")
PART_COPY: Final = api("UploadPartCopy")
# What the copy must carry on, for no directive says otherwise.
CARRIED: Final = {"Content-Type": "text/x-source", "x-amz-meta-source": "carried"}
# Names that a server must decode from the header once: not at all, and not twice.
ENCODED: Final = " é+=&?/ü.txt"
PERCENT: Final = "%41%2F"

COPY_CHECKS: Final = (
    core("bytes", "the bytes of the source", COPY),
    core("missing-source", "404 for a key that has no object", COPY),
    promise("result", "the root element CopyObjectResult", COPY),
    promise("result-etag", "the ETag of the copy in CopyObjectResult", COPY),
    promise("headers-carried", "Content-Type and metadata of the source with the copy", COPY),
    promise("nothing-left", "no object where a source does not exist", COPY),
    promise("other-bucket", "a copy from another bucket", COPY),
    promise("source-deleted", "the copy to outlive its source", COPY),
    promise("encoded-key", f"a copy of a URL-encoded key with {ENCODED!r}", COPY),
    promise("percent-key", f"a copy of a key with {PERCENT!r}, decoded once", COPY),
    promise("replaces", "the source alone where another object was", COPY),
    promise("several-parts", "the bytes of a source of two parts", COPY),
    promise("tags-carried", "the tags of the source with the copy", COPY),
    promise("onto-itself", "the object unharmed by a copy onto itself", COPY),
    detail("missing-source-code", "NoSuchKey for a key that has no object", COPY),
    detail("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", COPY),
    detail("leading-slash", "a copy from a source that begins with a slash", COPY),
    detail("source-version", "the bytes of the version that versionId names", COPY),
    detail("result-date", "LastModified in CopyObjectResult", COPY),
    detail("source-without-key", "a refusal of a bucket's name alone", COPY),
)


@probe(f"CopyObject/{copies.SOURCE}", checks=COPY_CHECKS)
def copy_object_source(bench: Workbench) -> None:
    """Store the bytes of the object that is named, with its metadata; 404 if there is none."""
    source = bench.shared("a source with metadata", lambda bench: bench.put(headers=CARRIED))
    plain = Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())

    answer = bench.treat(copies.copy_call(bench, "CopyObject", source.source))
    bench.accepted(answer, copies.SOURCE, control=plain)
    copy = bench.effect(copies.copy_of(answer).call("GetObject"))
    bench.check("bytes", copies.source_copied(copy, source.body))
    bench.check("result", copies.copied(answer))
    bench.check("result-etag", _same_etag(answer, copy))
    bench.check("result-date", holds(bool(answer.text("LastModified")), answer.describe(), answer))
    for name, value in CARRIED.items():
        bench.check("headers-carried", has_header(copy, name, value))

    missing = bench.effect(copies.copy_call(bench, "CopyObject", f"{bench.bucket}/{bench.key()}"))
    bench.check("missing-source", copies.not_copied(missing, 404))
    bench.check("missing-source-code", refused(missing, codes=["NoSuchKey"]))
    if missing.ok:
        bench.skip("nothing-left", because="the server did not refuse")
    else:
        left = bench.effect(copies.copy_of(missing).call("HeadObject"))
        bench.check("nothing-left", refused(left, 404).hurting(Hazard.DESTRUCTIVE))

    _other_sources(bench, source)
    _onto_others(bench, source)
    _tags_and_versions(bench)


def _other_sources(bench: Workbench, source: Stored) -> None:
    """Sources in other places, and under names that the header must encode."""
    with bench.observing("other-bucket", "source-deleted"):
        elsewhere = bench.put(bucket=bench.second_bucket)
        answer = bench.effect(copies.copy_call(bench, "CopyObject", elsewhere.source))
        if bench.check("other-bucket", copies.copied(answer)):
            bench.setup(elsewhere.call("DeleteObject"))
            copy = bench.effect(copies.copy_of(answer).call("GetObject"))
            bench.check("source-deleted", has_body(copy, elsewhere.body))
        else:
            bench.skip("source-deleted", because="the source was not copied")
    for check, name in (("encoded-key", ENCODED), ("percent-key", PERCENT)):
        with bench.observing(check):
            named = bench.put(key=bench.key(name))
            _check_copy(bench, check, named, quote(named.source))
    with bench.observing("several-parts"):
        parts = bench.shared("an object of two parts", multipart.two_parts)
        answer = bench.effect(copies.copy_call(bench, "CopyObject", parts.source))
        seam = {"Range": f"bytes={multipart.PART - 8}-"}
        copy = bench.effect(copies.copy_of(answer).call("GetObject", headers=seam))
        bench.check("several-parts", has_body(copy, parts.body[multipart.PART - 8 :]))
    _check_copy(bench, "leading-slash", source, f"/{source.source}")
    nowhere = f"{bench.bucket}-missing/{source.key}"
    answer = bench.effect(copies.copy_call(bench, "CopyObject", nowhere))
    bench.check("missing-bucket", refused(answer, 404, codes=["NoSuchBucket"]))
    bare = bench.effect(copies.copy_call(bench, "CopyObject", bench.bucket))
    bench.check("source-without-key", copies.not_copied(bare))


def _check_copy(bench: Workbench, check: str, source: Stored, header: str) -> None:
    """One check: a copy is served, and has the source's bytes."""
    answer = bench.effect(copies.copy_call(bench, "CopyObject", header))
    if bench.check(check, copies.copied(answer)):
        copy = bench.effect(copies.copy_of(answer).call("GetObject"))
        bench.check(check, has_body(copy, source.body))


def _onto_others(bench: Workbench, source: Stored) -> None:
    """Copies to keys that have an object: another one, and the source itself."""
    with bench.observing("replaces"):
        old = bench.put(headers={"x-amz-meta-old": "kept"})
        bench.effect(old.call("CopyObject", headers={copies.SOURCE: source.source}))
        copy = bench.effect(old.call("GetObject"))
        bench.check("replaces", has_body(copy, source.body))
        bench.check("replaces", has_header(copy, "x-amz-meta-old", None))
    with bench.observing("onto-itself"):
        # AWS refuses a copy that changes nothing, others carry it out; the object stays either way.
        ours = bench.put()
        bench.effect(ours.call("CopyObject", headers={copies.SOURCE: ours.source}))
        kept = bench.effect(ours.call("GetObject"))
        bench.check("onto-itself", has_body(kept, ours.body))


def _tags_and_versions(bench: Workbench) -> None:
    """What only some servers have: tags, and versions that a source may name."""
    with bench.observing("tags-carried"):
        tagged = bench.put(headers={object_tags.HEADER: "a=1&b=2"})
        before = bench.setup(tagged.call("GetObjectTagging"))
        if object_tags.listed(before) != "a=1&b=2":
            raise Undecided(f"the tags of the source are {object_tags.listed(before)}")
        answer = bench.effect(copies.copy_call(bench, "CopyObject", tagged.source))
        after = bench.effect(copies.copy_of(answer).call("GetObjectTagging"))
        bench.check("tags-carried", equals("tags", object_tags.listed(after), "a=1&b=2", after))
    with bench.observing("source-version"):
        bucket = bench.lease("versioning")
        bench.setup(configuration_bodies.put_versioning(bucket))
        first = bench.put(bucket=bucket)
        second = bench.put(bucket=bucket, key=first.key)
        if not first.version or first.version == second.version:
            raise Undecided("PutObject returned no version of its own")
        header = f"{first.source}?versionId={first.version}"
        _check_copy(bench, "source-version", first, header)


def _same_etag(answer: Response, copy: Response) -> Comparison:
    """Whether a copy's result has the ETag that the copy has."""
    seen = answer.text("ETag") or ""
    right = bool(seen) and seen.strip('"') == copy.etag.strip('"')
    return holds(right, f"ETag {seen or 'none'}, and {copy.etag or 'none'} with GetObject", answer)


PART_CHECKS: Final = (
    core("bytes", "the bytes of the source", PART_COPY),
    core("missing-source", "404 for a key that has no object", PART_COPY),
    promise("result", "the root element CopyPartResult", PART_COPY),
    promise("result-etag", "an ETag that CompleteMultipartUpload takes", PART_COPY),
    promise("two-sources", "the bytes of two sources, in place of a part that was sent", PART_COPY),
    detail("missing-source-code", "NoSuchKey for a key that has no object", PART_COPY),
    detail("result-date", "LastModified in CopyPartResult", PART_COPY),
)


@probe(f"UploadPartCopy/{copies.SOURCE}", checks=PART_CHECKS)
def upload_part_copy_source(bench: Workbench) -> None:
    """Make a part of the bytes of the object that is named; 404 if there is none."""
    upload = multipart.begin(bench)
    source = bench.plain

    part = bench.treat(upload.copy(1, source))
    bench.accepted(part, copies.SOURCE, control=upload.part(1, bench.text()))
    bench.check("result", copies.copied(part))
    bench.check("result-date", holds(bool(part.text("LastModified")), part.describe(), part))
    with bench.observing("result-etag", "bytes"):
        done = bench.attempt(upload.complete([part.text("ETag") or part.etag]))
        if bench.check("result-etag", served(done)):
            whole = bench.effect(upload.call("GetObject").without("uploadId"))
            bench.check("bytes", copies.source_copied(whole, source.body))

    missing = bench.effect(
        copies.copy_call(bench, "UploadPartCopy", f"{bench.bucket}/{bench.key()}")
    )
    bench.check("missing-source", copies.not_copied(missing, 404))
    bench.check("missing-source-code", refused(missing, codes=["NoSuchKey"]))
    with bench.observing("two-sources"):
        _two_sources(bench)


def _two_sources(bench: Workbench) -> None:
    """An object of two copied parts: a large one, and one of another bucket and a hard name."""
    large = bench.shared("an object of two parts", multipart.two_parts)
    small = bench.put(bucket=bench.second_bucket, key=bench.key(ENCODED))
    upload = multipart.begin(bench)
    named = upload.copy(2, small, {copies.SOURCE: quote(small.source)})
    bench.setup(upload.part(2, bench.text()))
    parts = [bench.effect(call) for call in (upload.copy(1, large), named)]
    for part in parts:
        bench.check("two-sources", copies.copied(part))
    if not all(part.ok for part in parts):
        return
    bench.setup(upload.complete([part.text("ETag") or part.etag for part in parts]))
    seam = len(large.body) - 8
    whole = upload.call("GetObject", headers={"Range": f"bytes={seam}-"}).without("uploadId")
    bench.check("two-sources", has_body(bench.effect(whole), large.body[seam:] + small.body))


RANGE_CHECKS: Final = (
    core("middle", "a part of the bytes in the range", PART_COPY),
    promise("from-the-start", "a part of 10 bytes for bytes=0-9", PART_COPY),
    promise("last-byte", "a part of the last byte alone", PART_COPY),
    promise("open-end", "a refusal of bytes=0-, which has no last byte", PART_COPY),
    promise("no-unit", "a refusal of 0-9, which has no unit", PART_COPY),
    promise("start-beyond-object", "a refusal of a range that begins after the source", PART_COPY),
    detail("reversed", "a refusal of bytes=9-0", PART_COPY),
    detail("end-beyond-object", "a refusal of a range that ends after the source", PART_COPY),
    detail("several", "a refusal of bytes=0-1,4-5", PART_COPY),
)


@probe(f"UploadPartCopy/{copies.RANGE}", checks=RANGE_CHECKS)
def copy_source_range(bench: Workbench) -> None:
    """Make a part of some bytes of the source only.

    AWS copies ranges of objects above 5 MiB only, so the source is one.
    """
    source = bench.shared("an object of two parts", multipart.two_parts)
    size = len(source.body)

    part = bench.treat(copies.copied_part(bench, source, size - 40, size - 9))
    bench.accepted(part, copies.RANGE)
    bench.check(
        "middle", _slice(copies.made_of_part(bench, part), source.body, size - 40, size - 9)
    )
    for check, first, last in (("from-the-start", 0, 9), ("last-byte", size - 1, size - 1)):
        with bench.observing(check):
            part = bench.effect(copies.copied_part(bench, source, first, last))
            if bench.check(check, copies.copied(part)):
                bench.check(
                    check, _slice(copies.made_of_part(bench, part), source.body, first, last)
                )

    for check, value in (
        ("open-end", "bytes=0-"),
        ("no-unit", "0-9"),
        ("start-beyond-object", f"bytes={size}-{size + 9}"),
        ("reversed", "bytes=9-0"),
        ("end-beyond-object", f"bytes={size - 10}-{size}"),
        ("several", "bytes=0-1,4-5"),
    ):
        call = copies.copy_call(bench, "UploadPartCopy", source.source).plus(
            headers={copies.RANGE: value}
        )
        bench.check(check, refused(bench.effect(call)))


def _slice(whole: Response, source: bytes, first: int, last: int) -> Comparison:
    """An object that must be these bytes of the source; all of them mean an ignored range."""
    ignored = whole.body == source
    otherwise = Outcome.IGNORED if ignored else Outcome.WRONG
    return has_body(whole, source[first : last + 1], otherwise=otherwise)
