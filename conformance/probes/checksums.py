"""Checksums of objects: five algorithms, over the whole object or over its parts' checksums.

An upload of one part tells the two types apart: COMPOSITE is the checksum of that part's checksum,
and ends in -1. What must be refused is sent to an upload of its own, for it may end it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.probing import (
    DIGESTS,
    Call,
    Check,
    Comparison,
    Observed,
    Outcome,
    Response,
    Workbench,
    api,
    cell,
    checksum,
    checksum_header,
    core,
    decide,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import checksummed, kept, multipart, stored_headers

INTEGRITY: Final = guide("checking-object-integrity-upload")
HEAD: Final = api("HeadObject")
COMPLETE: Final = api("CompleteMultipartUpload")


def _checks(name: str, kind: str) -> Iterator[Check]:
    header, whole = checksum_header(name), kind == checksummed.FULL_OBJECT
    value = f"the {kind} {name} of the object"
    yield core("value", f"{value}, which an upload without a checksum does not have", HEAD)
    if whole:
        yield core("wrong-value", f"400 for a completion with a wrong {header}", COMPLETE)
    else:
        yield core("wrong-part", f"400 for a part with a wrong {header}", api("UploadPart"))
    yield promise("value-by-head", f"{value} by HeadObject", HEAD)
    yield promise("type", f"{checksummed.TYPE}: {kind} by HeadObject", HEAD)
    yield promise("value-by-get", f"{value} by GetObject", api("GetObject"))
    yield promise("several-parts", f"the {kind} {name} of an object of two parts", INTEGRITY)
    yield promise("nothing-stored", "404 for the object of a completion that was refused", COMPLETE)
    weigh = promise if whole else detail  # an object that is sent whole has no other type
    page = api("PutObject")
    yield weigh("put-wrong-value", f"400 for PutObject with a wrong {header}", page)
    yield weigh("put-unchanged", "the previous object after PutObject was refused", page)
    yield weigh("put-value", f"the {name} of an object that PutObject stored", page)
    other = "COMPOSITE" if whole else checksummed.FULL_OBJECT
    yield detail("other-type", f"400 for a completion with {checksummed.TYPE}: {other}", COMPLETE)
    if whole == (name == "CRC64NVME"):
        page = api("CreateMultipartUpload")
        yield detail("default-type", f"{kind} as the type where none is asked for", page)
    if not whole:
        yield detail("no-element", f"400 for a part without a Checksum{name} element", COMPLETE)
        text = f"400 for a completion with a wrong {header} of the object"
        yield detail("wrong-object-value", text, COMPLETE)
        yield detail("wrong-element", f"400 for a wrong Checksum{name} element of a part", COMPLETE)
        text = f"400 for a wrong Checksum{name} element of the second of two parts"
        yield detail("wrong-element-of-last-part", text, COMPLETE)
        yield detail("of-a-part", f"{header} of part 2 by HeadObject of it", HEAD)
    yield detail("malformed", f"400 for a {header} that is no checksum", api("UploadPart"))
    yield detail("code", "BadDigest for a wrong checksum", INTEGRITY)
    yield detail("type-by-get", f"{checksummed.TYPE}: {kind} by GetObject", api("GetObject"))
    yield detail("unasked", f"no {header} by HeadObject without x-amz-checksum-mode", HEAD)
    yield detail("upload-echo", "algorithm and type in the response", api("CreateMultipartUpload"))
    yield detail("part-echo", f"{header} in the response", api("UploadPart"))
    yield detail("completion-echo", f"Checksum{name} in the response", COMPLETE)
    yield detail("completion-type", f"ChecksumType {kind} in the response", COMPLETE)
    copied = f"Checksum{name} in the response to UploadPartCopy"
    yield detail("copied-part", copied, api("UploadPartCopy"))
    yield detail("listed-type", "algorithm and type in ListParts", api("ListParts"))
    yield detail("listed-part", f"Checksum{name} of the part in ListParts", api("ListParts"))


@cell(
    "Checksum",
    *((name, kind) for name in DIGESTS for kind in ("COMPOSITE", checksummed.FULL_OBJECT)),
    checks=lambda name, kind: [*_checks(name, kind)],
)
def object_checksum(bench: Workbench, name: str, kind: str) -> None:
    """Refuse bytes that do not have the checksum they are sent with, and keep the checksum."""
    one = checksummed.Cell(algorithm=name, type=kind, body=bench.text())
    _kept(bench, one)
    _compared(bench, one)
    whole = one.type == checksummed.FULL_OBJECT
    more = () if whole else ("wrong-element-of-last-part", "of-a-part")
    with bench.observing("several-parts", "copied-part", *more):
        two = checksummed.copied_and_sent(bench, one)
        bench.check("several-parts", has_header(two.head, one.header, two.value))
        told = two.copied.text(one.element)
        bench.check("copied-part", equals(one.element, told, two.first, two.copied))
        if two.second is not None:
            bench.check("wrong-element-of-last-part", refused(two.wrong, 400))
            bench.check("of-a-part", has_header(two.second, one.header, one.right[one.header]))
    with bench.observing("put-wrong-value", "put-unchanged", "put-value"):
        _put(bench, one)


def _kept(bench: Workbench, one: checksummed.Cell) -> None:
    """What is shown of an object that was uploaded and completed with the right checksums."""
    created = bench.treat(multipart.create_call(bench, one.asked))
    bench.accepted(created, *one.asked)
    upload = multipart.begun(created)
    echo = [created.header(checksummed.ALGORITHM), created.header(checksummed.TYPE)]
    bench.check("upload-echo", equals("headers", echo, [one.algorithm, one.type], created))
    part = bench.treat(upload.part(1, one.body, one.right))
    if not part.ok:
        # In this upload a part without a checksum may well be refused.
        bench.accepted(part, control=multipart.begin(bench).part(1, one.body))
    bench.check("part-echo", has_header(part, one.header, one.right[one.header]))
    _listed(bench, one, bench.effect(upload.call("ListParts")))
    done = bench.treat(one.complete(upload, part))
    plain = upload.complete([part.etag])
    if one.type == checksummed.FULL_OBJECT:
        plain = one.complete(upload, part, headers={})
    bench.accepted(done, control=plain)
    told = done.text(one.element)
    bench.check("completion-echo", equals(one.element, told, one.value, done))
    kind = done.text("ChecksumType")
    bench.check("completion-type", equals("ChecksumType", kind, one.type, done))

    call = checksummed.read("HeadObject", upload)
    head = bench.effect(call)
    shown = _value(head, one)
    bench.check("value-by-head", shown)
    default = bench.shared("HeadObject of an upload without a checksum", checksummed.plain_head)
    if default.header(checksummed.TYPE) == one.type and default.header(one.header):
        bench.skip("value", because="the server shows one of every object")
    else:
        bench.check("value", shown)
    if shown.held:
        bench.check("type", has_header(head, checksummed.TYPE, one.type))
    else:  # some servers return any x-amz- header, a type without a checksum too
        bench.skip("type", because="HeadObject does not show the checksum")
    got = bench.effect(checksummed.read("GetObject", upload))
    bench.check("value-by-get", _value(got, one))
    bench.check("type-by-get", has_header(got, checksummed.TYPE, one.type))
    unasked = bench.control(call.without("x-amz-checksum-mode"))
    bench.check("unasked", has_header(unasked, one.header, None))


def _value(answer: Response, one: checksummed.Cell) -> Comparison:
    """The checksum of the cell.

    Raises:
        Decided: HeadObject shows the other type's.
    """
    value = answer.header(one.header)
    head = answer.call.operation == "HeadObject"
    if head and value != one.value and value in one.values.values():
        decide(
            Observed.IGNORED,
            f"HeadObject: expected {one.header}: {one.value}; got {value}: the type is ignored",
        )
    return has_header(answer, one.header, one.value, default=[None])


def _listed(bench: Workbench, one: checksummed.Cell, listing: Response) -> None:
    element = f"Part/{one.element}"
    seen = equals(element, listing.text(element), one.right[one.header], listing)
    bench.check("listed-part", seen if listing.ok else holds(False, listing.describe(), listing))
    told = [listing.text("ChecksumAlgorithm"), listing.text("ChecksumType")]
    bench.check("listed-type", equals("elements", told, [one.algorithm, one.type], listing))


def _compared(bench: Workbench, one: checksummed.Cell) -> None:
    """What is refused, where a refusal is due: at a part, or at the completion."""
    asked = {checksummed.ALGORITHM: one.algorithm} if one.by_default else one.asked
    created = bench.setup(multipart.create_call(bench, asked))
    upload = multipart.begun(created)
    if one.by_default:
        bench.check("default-type", has_header(created, checksummed.TYPE, one.type))
    malformed = bench.effect(upload.part(1, one.body, {one.header: "no-checksum"}))
    bench.check("malformed", refused(malformed, 400))
    if one.type != checksummed.FULL_OBJECT:
        wrong = bench.effect(upload.part(1, one.body, one.wrong))
        bench.check("wrong-part", refused(wrong, 400))
        _check_code(bench, wrong)
    _completed_wrongly(bench, one, upload)


def _check_code(bench: Workbench, answer: Response) -> None:
    if answer.status == 400:
        bench.check("code", equals("code", answer.code, "BadDigest", answer))


def _completed_wrongly(bench: Workbench, one: checksummed.Cell, upload: multipart.Upload) -> None:
    """Completions that must be refused; one that ends the upload has another one follow."""
    part = bench.setup(upload.part(1, one.body, one.right))
    wrong = one.wrong[one.header]
    if one.type == checksummed.FULL_OBJECT:
        ways: dict[str, tuple[str | None, dict[str, str]]] = {
            "wrong-value": (None, {checksummed.TYPE: one.type, one.header: wrong}),
            "other-type": (None, {checksummed.TYPE: "COMPOSITE"}),
        }
    else:
        ways = {
            "wrong-element": (wrong, {}),
            "no-element": ("", {}),
            "wrong-object-value": (None, {one.header: f"{wrong}-1"}),
            "other-type": (None, {checksummed.TYPE: checksummed.FULL_OBJECT}),
        }
    left = False
    for check, (element, headers) in ways.items():
        answer = bench.effect(one.complete(upload, part, element=element, headers=headers))
        if answer.status in multipart.GONE:
            upload = multipart.begin(bench, one.asked)
            part = bench.setup(upload.part(1, one.body, one.right))
            answer = bench.effect(one.complete(upload, part, element=element, headers=headers))
        bench.check(check, refused(answer, 400))
        if check == "wrong-value":
            _check_code(bench, answer)
        if answer.ok:
            upload = multipart.begin(bench, one.asked)
            part = bench.setup(upload.part(1, one.body, one.right))
        elif not left:
            left = True
            bench.check("nothing-stored", refused(bench.effect(upload.read), 404))
    if not left:
        bench.skip("nothing-stored", because="no completion was refused")


def _put(bench: Workbench, one: checksummed.Cell) -> None:
    """The same algorithm with an object that is sent whole."""
    old = bench.text()
    first = bench.put(old, headers={one.header: checksum(one.algorithm, old)})
    subject = bench.put(one.body, key=first.key, headers=one.right)
    wrong = bench.effect(subject.call("PutObject", body=bench.text(), headers=one.wrong))
    bench.check("put-wrong-value", refused(wrong, 400))
    if wrong.ok:
        bench.skip("put-unchanged", "put-value", because="PutObject was not refused")
        return
    same, after = kept.kept(
        bench, subject, checksummed.read("GetObject", subject.call("GetObject"))
    )
    bench.check("put-unchanged", same)
    if after is not None:
        bench.check("put-value", has_header(after, one.header, one.right[one.header]))


@probe(
    "CopyObject/x-amz-checksum-algorithm",
    checks=(
        core("value", "the SHA256 of the copy by HeadObject", api("CopyObject")),
        detail(
            "type", f"{checksummed.TYPE}: FULL_OBJECT by HeadObject of the copy", api("CopyObject")
        ),
        detail("unknown-algorithm", "400 for an algorithm that S3 does not know", INTEGRITY),
        promise("bytes", "the bytes of the source", api("CopyObject")),
        detail("result", "ChecksumSHA256 in the CopyObjectResult element", api("CopyObject")),
        detail("replaced", "no checksum of the source's own algorithm", api("CopyObject")),
    ),
)
def copy_checksum_algorithm(bench: Workbench) -> None:
    """Compute the algorithm's checksum for the copy, which the source does not have."""
    whole, name = stored_headers.described(bench), checksum_header("SHA256")
    source = whole.stored
    headers = {"x-amz-copy-source": source.source, checksummed.ALGORITHM: "SHA256"}
    call = Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=headers)

    copied = bench.treat(call)
    bench.accepted(copied, checksummed.ALGORITHM)
    right = checksum("SHA256", source.body)
    answer = bench.effect(checksummed.read("GetObject", call))
    head = bench.effect(checksummed.read("HeadObject", call))
    value = has_header(head, name, right, default=[None])
    bench.check("value", value)
    if value.held:
        bench.check("type", has_header(head, checksummed.TYPE, checksummed.FULL_OBJECT))
    else:
        bench.skip("type", because="HeadObject does not show the checksum")
    if value.held and whole.checksum:
        bench.check("replaced", has_header(head, stored_headers.SUM_HEADER, None))
    else:
        bench.skip("replaced", because="HeadObject does not show both checksums")
    bench.check("bytes", has_body(answer, source.body, otherwise=Outcome.WRONG))
    result = copied.text("ChecksumSHA256")
    bench.check("result", equals("ChecksumSHA256", result, right, copied))
    unknown = bench.effect(call.plus(headers={checksummed.ALGORITHM: "SHA3"}))
    bench.check("unknown-algorithm", refused(unknown, 400))
