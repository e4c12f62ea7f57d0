"""The headers of one request about checksums: its body's, in front of it or behind it, and asking.

What the algorithms and types promise of objects is in `checksums`, the forms of a body with a
trailer are in `behaviour_body`, and names of algorithms beside a body in `checksum_algorithm`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    API,
    DIGESTS,
    Call,
    Check,
    Chunked,
    Comparison,
    OperationName,
    Outcome,
    Response,
    Stored,
    Workbench,
    api,
    checksum,
    checksum_header,
    core,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    holds,
    probe,
    promise,
    refused,
)
from conformance.subjects import checksummed, multipart

INTEGRITY: Final = guide("checking-object-integrity-upload")
TRAILERS: Final = f"{API}/sigv4-streaming-trailers.html"
ALGORITHMS: Final = {checksum_header(name): name for name in DIGESTS}
BODIES: Final[tuple[OperationName, ...]] = ("PutObject", "UploadPart")
TRAILER: Final = "x-amz-trailer"
MODE: Final = "x-amz-checksum-mode"
COMPLETE: Final = "CompleteMultipartUpload"
RETURNED: Final = {"PutObject": "by HeadObject", "UploadPart": "of the part in ListParts"}


def _body_checks(operation: str, feature: str) -> list[Check]:
    page = api(operation)
    header = checksum_header("CRC32") if feature == TRAILER else feature
    what = "trailer" if feature == TRAILER else header
    checks = [
        core("wrong", f"400 for a {what} of other bytes", page),
        promise("returned", f"{header} {RETURNED[operation]}", page),
        promise("nothing-stored", "nothing to be stored of a body that was refused", page),
        detail("code", "BadDigest for the checksum of other bytes", INTEGRITY),
        detail("malformed", f"400 for a {what} that is no checksum", page),
    ]
    if feature != TRAILER:
        checks.append(detail("echo", f"{header} in the response", page))
    if operation == "PutObject":
        source = TRAILERS if feature == TRAILER else page
        checks.append(promise("bytes", "the bytes of the object with the right one", source))
    return checks


class Bodies:
    """Sends bodies with a checksum, and looks at what is stored of them.

    Args:
        bench: sends.
        operation: PutObject, or UploadPart to one upload.
        feature: the checksum's header, or `x-amz-trailer` for a CRC32 behind the body.
    """

    def __init__(self, bench: Workbench, operation: OperationName, feature: str) -> None:
        self.bench, self.operation, self.feature = bench, operation, feature
        self.algorithm = ALGORITHMS.get(feature, "CRC32")
        self.header, self.body = checksum_header(self.algorithm), bench.text()
        self._upload: multipart.Upload | None = None
        if operation == "UploadPart":
            asked = multipart.create_call(bench, {checksummed.ALGORITHM: self.algorithm})
            created = bench.attempt(asked)
            # Where no algorithm can be named a part may have a checksum all the same.
            self._upload = multipart.begun(created) if created.ok else multipart.begin(bench)

    def call(self, number: int) -> Call:
        """A request with the body, to part `number` or to a fresh key."""
        if self._upload is not None:
            return self._upload.part(number, self.body)
        key = self.bench.key()
        return Call(operation="PutObject", bucket=self.bench.bucket, key=key, body=self.body)

    def plain(self, call: Call) -> Call:
        """The request without a checksum, which an upload with an algorithm need not take."""
        if self._upload is None:
            return call
        return multipart.begin(self.bench).part(1, self.body)

    def treat(self, call: Call, value: str) -> Response:
        """The request with this checksum."""
        if self.feature != TRAILER:
            return self.bench.treat(call.plus(headers={self.header: value}))
        framing = Chunked(
            payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer=(self.header, value)
        )
        return self.bench.treat(call, chunked=framing)

    def returned(self, call: Call) -> Comparison:
        """The checksum of the object, or of part 1."""
        right = checksum(self.algorithm, self.body)
        if self._upload is None:
            head = self.bench.effect(checksummed.read("HeadObject", call))
            return has_header(head, self.header, right)
        listing = self.bench.effect(self._upload.call("ListParts"))
        element = f"Part/Checksum{self.algorithm}"
        return equals(element, listing.text(element), right, listing)

    def nothing(self, call: Call) -> Comparison:
        """No object of a request that was refused; of parts, the first alone."""
        if self._upload is None:
            return refused(self.bench.effect(replace(call, operation="GetObject", body=b"")), 404)
        listing = self.bench.effect(self._upload.call("ListParts"))
        numbers = listing.texts("Part/PartNumber")
        return equals("parts", numbers, ["1"], listing)


@family(*ALGORITHMS, TRAILER, operations=BODIES, checks=_body_checks)
def body_checksum(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Refuse a body that does not have the checksum it is sent with, and keep the checksum."""
    bodies = Bodies(bench, operation, feature)
    right = checksum(bodies.algorithm, bodies.body)

    call = bodies.call(1)
    answer = bodies.treat(call, right)
    if not answer.ok:
        bench.accepted(answer, feature, control=bodies.plain(call))
    if feature != TRAILER:
        bench.check("echo", has_header(answer, bodies.header, right))
    if operation == "PutObject":
        back = bench.effect(replace(call, operation="GetObject", body=b""))
        bench.check("bytes", has_body(back, bodies.body))
    bench.check("returned", bodies.returned(call))

    call = bodies.call(2)
    wrong = bodies.treat(call, checksum(bodies.algorithm, bodies.body[::-1]))
    malformed = bodies.treat(bodies.call(3), "no-checksum")
    bench.check("malformed", refused(malformed, 400))
    if bench.check("wrong", refused(wrong, 400)):
        bench.check("code", equals("code", wrong.code, "BadDigest", wrong))
        if operation == "UploadPart" and malformed.ok:
            bench.skip("nothing-stored", because="a body with a malformed checksum was stored")
        else:
            bench.check("nothing-stored", bodies.nothing(call))
    else:
        bench.skip("code", "nothing-stored", because="the body was not refused")


def _completion_checks(_: str, feature: str) -> list[Check]:
    page = api(COMPLETE)
    return [
        core("wrong", f"400 for a {feature} of another object", page),
        promise("nothing-stored", "404 for the object of a completion that was refused", page),
        promise("returned", f"{feature} of the object by HeadObject", page),
        detail("code", "BadDigest for the checksum of another object", INTEGRITY),
    ]


@family(*ALGORITHMS, operations=(COMPLETE,), checks=_completion_checks)
def completion_checksum(bench: Workbench, _: OperationName, feature: str) -> None:
    """Refuse a completion that names another object's checksum, and complete nothing."""
    name = ALGORITHMS[feature]
    kind = "COMPOSITE" if name.startswith("SHA") else checksummed.FULL_OBJECT
    one = checksummed.Cell(algorithm=name, type=kind, body=bench.text())
    upload, part = _part_of(bench, one)

    own = {checksummed.TYPE: kind} if kind == checksummed.FULL_OBJECT else {}
    other = one.wrong[feature] + ("-1" if kind == "COMPOSITE" else "")
    wrong = bench.treat(one.complete(upload, part, headers={**own, feature: other}))
    refusal = multipart.refused_late(wrong) if wrong.ok else refused(wrong, 400)
    if refusal.outcome is Outcome.HELD:
        bench.check("nothing-stored", refused(bench.effect(upload.read), 404))
        bench.check("code", equals("code", wrong.code, "BadDigest", wrong))
    else:
        bench.skip("nothing-stored", "code", because="the completion was not refused")
    if wrong.ok or wrong.status in multipart.GONE:
        upload, part = _part_of(bench, one)
    done = bench.treat(one.complete(upload, part, headers={**own, feature: one.value}))
    bench.accepted(done, control=one.complete(upload, part, headers=own))
    bench.check("wrong", refusal)
    head = bench.effect(checksummed.read("HeadObject", upload))
    bench.check("returned", has_header(head, feature, one.value))


def _part_of(bench: Workbench, one: checksummed.Cell) -> tuple[multipart.Upload, Response]:
    upload = multipart.begin(bench, one.asked)
    return upload, bench.setup(upload.part(1, one.body, one.right))


CREATE: Final = "CreateMultipartUpload"


@probe(
    f"{CREATE}/{checksummed.ALGORITHM}",
    checks=(
        core("value", "the SHA256 of the object, which an upload without it has not", api(CREATE)),
        core("unknown-algorithm", "400 for an algorithm that S3 does not know", api(CREATE)),
        promise("listed", "ChecksumAlgorithm SHA256 in ListParts", api("ListParts")),
        detail("echo", f"{checksummed.ALGORITHM}: SHA256 in the response", api(CREATE)),
        detail("another-algorithm", "400 for a part with a CRC32", api("UploadPart")),
    ),
)
def upload_algorithm(bench: Workbench) -> None:
    """Keep the algorithm's checksum of what is uploaded in parts."""
    one = checksummed.Cell(algorithm="SHA256", type="COMPOSITE", body=bench.text())
    asked = {checksummed.ALGORITHM: "SHA256"}

    created = bench.treat(multipart.create_call(bench, asked))
    bench.accepted(created, checksummed.ALGORITHM)
    bench.check("echo", has_header(created, checksummed.ALGORITHM, "SHA256"))
    upload = multipart.begun(created)
    # First, for where it is taken the right one replaces it.
    crc32 = {checksum_header("CRC32"): checksum("CRC32", one.body)}
    another = bench.effect(upload.part(1, one.body, crc32))
    bench.check("another-algorithm", refused(another, 400))
    part = bench.setup(upload.part(1, one.body, one.right))
    listing = bench.effect(upload.call("ListParts"))
    named = listing.text("ChecksumAlgorithm")
    bench.check("listed", equals("ChecksumAlgorithm", named, "SHA256", listing))
    bench.setup(one.complete(upload, part))
    head = bench.effect(checksummed.read("HeadObject", upload))
    shown = head.header(one.header)
    # Of which type it is, is `x-amz-checksum-type`'s affair.
    right = one.value if shown not in one.values.values() else shown
    bench.check("value", has_header(head, one.header, right, default=[None]))
    unknown = {checksummed.ALGORITHM: "CRC31"}
    bench.check(
        "unknown-algorithm", refused(bench.effect(multipart.create_call(bench, unknown)), 400)
    )


def _mode_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("asked", "x-amz-checksum-crc32 for the mode ENABLED, and none without it", page),
        promise("type", f"{checksummed.TYPE}: FULL_OBJECT for the mode ENABLED", page),
    ]
    if operation == "GetObject":
        checks.append(promise("bytes", "the bytes of the object", page))
    return checks


def _summed(bench: Workbench) -> Stored:
    body = bench.text()
    return bench.put(body, headers={checksum_header("CRC32"): checksum("CRC32", body)})


@family(MODE, operations=("GetObject", "HeadObject"), checks=_mode_checks)
def checksum_mode(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return the checksum of the object where it is asked for, and not otherwise."""
    subject = bench.shared("an object with a CRC32", _summed)
    header, right = checksum_header("CRC32"), checksum("CRC32", subject.body)

    asked = bench.treat(subject.call(operation, headers={feature: "ENABLED"}))
    bench.accepted(asked, feature)
    plain = bench.control(subject.call(operation))
    shown, before = asked.header(header), plain.header(header)
    text = f"{header}: {shown or 'none'} with it, {before or 'none'} without it"
    otherwise = Outcome.IGNORED if shown == before else Outcome.WRONG
    held = shown == right and before is None
    bench.check("asked", holds(held, text, asked, plain, otherwise=otherwise))
    bench.check("type", has_header(asked, checksummed.TYPE, checksummed.FULL_OBJECT))
    if operation == "GetObject":
        bench.check("bytes", has_body(asked, subject.body))
