"""Attributes of an object and of its parts, returned without its bytes.

Only what was asked for is returned, as it was stored. A server that does not know the subresource
returns the object itself.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    equals,
    has_header,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import checksummed, multipart
from conformance.subjects.missing import NO_KEY, is_missing, of_missing_key

HEADER: Final = "x-amz-object-attributes"
PAGE: Final = api("GetObjectAttributes")
# The API reference has GetObjectAttributesOutput; AWS sends …Response.
ROOT: Final = "GetObjectAttributes"
# The API reference has the first, AWS sends the second.
COUNTS: Final = ("TotalPartsCount", "PartsCount")
CHECKS: Final = (
    core("etag-and-size", "the object's ETag and ObjectSize", PAGE),
    core("only-asked-for", "ObjectSize alone where nothing else is asked for", PAGE),
    promise("parts-count", "2 as the number of parts of an object of two parts", PAGE),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
    promise("root", f"a root element {ROOT}Output or {ROOT}Response", PAGE),
    promise("last-modified", "the Last-Modified that HEAD returns", PAGE),
    detail("without-attributes", f"400 without {HEADER}", PAGE),
    promise("size-of-parts", "the size of all parts of such an object", PAGE),
    detail("unquoted-etag", "the ETag without quotes", PAGE),
    detail("no-parts", "no ObjectParts of an object that was not uploaded in parts", PAGE),
    detail("max-parts", "part 1 of 2, IsTruncated and a marker for x-amz-max-parts: 1", PAGE),
    detail("part-number-marker", "part 2 alone for x-amz-part-number-marker: 1", PAGE),
    detail("checksum-of-parts", "the checksum that HEAD returns of an object of parts", PAGE),
    detail("invalid-attribute", f"400 for an attribute that does not exist in {HEADER}", PAGE),
)


@probe("GetObjectAttributes", checks=CHECKS)
def get_object_attributes(bench: Workbench) -> None:
    """Return just the attributes that are asked for, of the object and of its parts."""
    subject = bench.plain

    answer = offered(bench.treat(_ask(subject, "ETag", "ObjectSize")))
    if not answer.root.lower().startswith(ROOT.lower()):
        what = "the object's bytes" if answer.body == subject.body else answer.root or "no XML"
        bench.check("etag-and-size", holds(False, what, answer, otherwise=Outcome.IGNORED))
        return
    _etag_and_size(bench, answer, subject)
    bench.check("root", holds(answer.root.startswith(ROOT), f"root element {answer.root}", answer))
    head = bench.effect(subject.call("HeadObject")).header("Last-Modified")
    bench.check("last-modified", has_header(answer, "Last-Modified", head))

    size = bench.effect(_ask(subject, "ObjectSize"))
    names = sorted({element.tag for element in size.xml})
    bench.check("only-asked-for", equals("elements", names, ["ObjectSize"], size))
    missing = bench.effect(
        of_missing_key(bench, "GetObjectAttributes").plus(headers={HEADER: "ETag"})
    )
    bench.check("missing-key", is_missing(missing, NO_KEY))
    bare = bench.effect(subject.call("GetObjectAttributes"))
    bench.check("without-attributes", refused(bare, 400))
    strange = bench.effect(_ask(subject, "S3Conformance"))
    bench.check("invalid-attribute", refused(strange, 400))
    with bench.observing("no-parts"):
        none = bench.effect(_ask(subject, "ObjectParts"))
        told = none.text("ObjectParts/*") is not None
        bench.check("no-parts", holds(not told, "ObjectParts" if told else "none", none))
    with bench.observing("parts-count", "size-of-parts"):
        whole = bench.shared("an object of two parts", multipart.two_parts)
        parts = bench.effect(_ask(whole, "ObjectParts", "ObjectSize"))
        length = str(len(whole.body))
        bench.check("size-of-parts", equals("ObjectSize", parts.text("ObjectSize"), length, parts))
        counts = [text for name in COUNTS if (text := parts.text(f"ObjectParts/{name}"))]
        seen = f"{counts[0]} parts" if counts else "no number of parts"
        bench.check("parts-count", holds("2" in counts, seen, parts))
    with bench.observing("checksum-of-parts", "max-parts", "part-number-marker"):
        _of_checksummed_parts(bench)


def _of_checksummed_parts(bench: Workbench) -> None:
    """An object whose parts have checksums: AWS lists the parts of such objects only.

    Raises:
        Undecided: there is no such object.
    """
    one = checksummed.Cell(algorithm="CRC32", type="COMPOSITE", body=bench.text())
    upload = checksummed.completed_parts(bench, one)
    shown = bench.setup(checksummed.read("HeadObject", upload)).header(one.header)
    if shown is None:
        raise Undecided("the server keeps no checksum of an object of parts")
    subject = Stored(bucket=upload.bucket, key=upload.key, body=b"", etag="")
    answer = bench.effect(_ask(subject, "Checksum"))
    told = answer.text("Checksum/ChecksumCRC32") or ""
    # AWS leaves out the number of parts here.
    right = bool(told) and told.partition("-")[0] == shown.partition("-")[0]
    text = f"ChecksumCRC32 {told or 'missing'}, and {shown} of HEAD"
    bench.check("checksum-of-parts", holds(right, text, answer))

    first = bench.effect(_ask(subject, "ObjectParts").plus(headers={"x-amz-max-parts": "1"}))
    names = ("IsTruncated", "NextPartNumberMarker", "Part/PartNumber")
    values = [first.text(f"ObjectParts/{name}") for name in names]
    bench.check("max-parts", equals("values", values, ["true", "1", "1"], first))
    later = {"x-amz-part-number-marker": "1"}
    rest = bench.effect(_ask(subject, "ObjectParts").plus(headers=later))
    numbers = rest.texts("ObjectParts/Part/PartNumber")
    bench.check("part-number-marker", equals("parts", numbers, ["2"], rest))


def _ask(subject: Stored, *names: str) -> Call:
    return subject.call("GetObjectAttributes", headers={HEADER: ",".join(names)})


def _etag_and_size(bench: Workbench, answer: Response, subject: Stored) -> None:
    etag, size = answer.text("ETag"), answer.text("ObjectSize")
    right = (etag or "").strip('"') == subject.etag.strip('"') and size == str(len(subject.body))
    text = f"ETag {etag}, ObjectSize {size} of {subject.etag} and {len(subject.body)} bytes"
    bench.check("etag-and-size", holds(right, text, answer))
    bench.check("unquoted-etag", equals("ETag", etag, subject.etag.strip('"'), answer))
