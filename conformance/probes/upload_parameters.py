"""The parameters that make a request one of a multipart upload: uploads, uploadId and partNumber.

Two uploads of one key, or two parts of one upload, tell apart who reads the value. Who does not
read it carries out another operation: the same requests without it store, read and delete objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Comparison,
    OperationName,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    detail,
    equals,
    family,
    guide,
    has_body,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import multipart

ID: Final = "uploadId"
NUMBER: Final = "partNumber"
CREATE: Final = api("CreateMultipartUpload")
OVERVIEW: Final = guide("mpuoverview")
LIMITS: Final = guide("qfacts")
UNKNOWN: Final = "404 NoSuchUpload"
PARTS: Final[tuple[OperationName, ...]] = ("UploadPart", "UploadPartCopy")
OPERATIONS: Final[tuple[OperationName, ...]] = (
    *PARTS,
    *("CompleteMultipartUpload", "AbortMultipartUpload", "ListParts"),
)
# What shows of the older of two uploads of one key, once the operation was carried out on it.
EFFECTS: Final[dict[str, str]] = {
    **dict.fromkeys(PARTS, "the bytes of the part that was sent to the older upload"),
    "CompleteMultipartUpload": "the bytes of the older upload's part",
    "AbortMultipartUpload": "404 for the parts of the older upload",
    "ListParts": "the part of the older upload, and none of the key's other upload",
}


def _id_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("its-upload", EFFECTS[operation], page),
        promise("other-upload", "the key's other upload as it was", OVERVIEW),
        promise("unknown-upload", "a refusal of an upload id that does not exist", page),
        detail("unknown-upload-code", f"{UNKNOWN} for it", page),
        detail("empty-id", "a refusal of an empty upload id", page),
    ]


class Two:
    """Two uploads of the key of an object that is there.

    The older one is the subject, for who does not read the id may take the key's latest.
    """

    def __init__(self, bench: Workbench, operation: OperationName) -> None:
        self.bench, self.operation = bench, operation
        self.kept, self.body = bench.put(), bench.text()
        self.older = multipart.begin_over(self.kept, bench)
        self.newer = multipart.begin_over(self.kept, bench)
        if operation == "UploadPartCopy":
            self.body = bench.plain.body
        self.newer_etag = ""
        if operation != "UploadPart":
            self.send_newer()
        self.older_etag = ""
        if operation in ("CompleteMultipartUpload", "ListParts"):
            self.older_etag = bench.setup(self.older.part(1, self.body)).etag

    def send_newer(self) -> None:
        """Send the newer upload its part; where that is the row's operation, after the treatment.

        Raises:
            Undecided: UploadPart was not served.
        """
        self.newer_etag = self.bench.setup(self.newer.part(1, self.bench.text(64))).etag

    def call(self, upload: multipart.Upload) -> Call:
        """The operation on one of the uploads."""
        if self.operation == "UploadPart":
            return upload.part(1, self.body)
        if self.operation == "UploadPartCopy":
            return upload.copy(1, self.bench.plain)
        if self.operation == "CompleteMultipartUpload":
            return upload.complete([self.older_etag])
        return upload.call(self.operation)

    def part_kept(self, etag: str) -> Comparison:
        """Completed with the part that was sent, the older upload is an object of its bytes."""
        done = self.bench.attempt(self.older.complete([etag]))
        return self.completed(done)

    def completed(self, done: Response) -> Comparison:
        """The object, once the older upload was completed."""
        back = self.bench.effect(self.older.read)
        if done.ok and back.body != self.kept.body:
            return has_body(back, self.body)
        text = f"{done.describe()} for the completion of the upload"
        return holds(False, text, done, back, otherwise=Outcome.IGNORED)

    def aborted(self) -> Comparison:
        """The older upload is not there any more, and the object is."""
        self.bench.unharmed(self.kept)
        return refused(self.bench.effect(self.older.call("ListParts")), 404)

    def listed(self, listing: Response) -> Comparison:
        """A listing of the older upload's part."""
        etags = [etag.strip('"') for etag in listing.texts("Part/ETag")]
        own = etags == [self.older_etag.strip('"')]
        text = f"{listing.describe()} with {len(etags)} parts{'' if own else ', not its own'}"
        return holds(own, text, listing, otherwise=Outcome.IGNORED)

    def other_upload(self, listing: Response) -> Comparison:
        """ListParts of the newer upload, which must have the part that it had."""
        etags = [etag.strip('"') for etag in listing.texts("Part/ETag")]
        own = etags == [self.newer_etag.strip('"')]
        return holds(own, f"{listing.describe()} with {len(etags)} parts", listing)


@family(ID, operations=OPERATIONS, checks=_id_checks)
def upload_id(bench: Workbench, operation: OperationName, _: str) -> None:
    """Act on the upload with this id, not on another of the same key."""
    two = Two(bench, operation)

    answer = bench.treat(two.call(two.older))
    if answer.code != "InvalidPart":  # so it is called that looks for the part in another upload
        offered(answer)
    if operation == "UploadPart":
        two.send_newer()
    effects: dict[str, Callable[[], Comparison]] = {
        "UploadPart": lambda: two.part_kept(answer.etag),
        "UploadPartCopy": lambda: two.part_kept(answer.text("ETag") or answer.etag),
        "CompleteMultipartUpload": lambda: two.completed(answer),
        "AbortMultipartUpload": two.aborted,
        "ListParts": lambda: two.listed(answer),
    }
    bench.check("its-upload", effects[operation]())
    listing = bench.effect(two.newer.call("ListParts"))
    if listing.ok or listing.status == 404:
        bench.check("other-upload", two.other_upload(listing))
    else:
        bench.skip("other-upload", because=f"ListParts returned {listing.describe()}")
    unknown = bench.effect(two.call(two.newer.unknown))
    late = operation == "CompleteMultipartUpload" and unknown.ok
    seen = multipart.refused_late(unknown) if late else refused(unknown, 400, 404)
    if bench.check("unknown-upload", seen):
        code = equals("answer", unknown.describe(), UNKNOWN, unknown)
        bench.check("unknown-upload-code", code)
    else:
        bench.skip("unknown-upload-code", because="the upload id was not refused")
    empty = bench.effect(two.call(two.newer).plus(query={ID: ""}))
    bench.check("empty-id", refused(empty))


def _number_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    return [
        core("its-number", "part 2, sent first, beside part 1, each with its own ETag", page),
        promise("part-0", "a refusal of part number 0", LIMITS),
        promise("part-10001", "a refusal of part number 10001", LIMITS),
        detail("not-a-number", "400 InvalidArgument for part number one", page),
        detail("empty-number", "a refusal of an empty part number", page),
    ]


@family(NUMBER, operations=PARTS, checks=_number_checks)
def part_number(bench: Workbench, operation: OperationName, _: str) -> None:
    """Keep the part under this number, beside those with other numbers."""
    upload, body = multipart.begin(bench), bench.text()
    if operation == "UploadPartCopy":
        body = bench.plain.body

    def part(upload: multipart.Upload, number: int) -> Call:
        if operation == "UploadPartCopy":
            return upload.copy(number, bench.plain)
        return upload.part(number, body)

    second = offered(bench.treat(part(upload, 2)))
    etag = second.text("ETag") or second.etag
    first = bench.setup(upload.part(1, bench.text(64)))  # later, so that it would replace the other
    listing = bench.effect(upload.call("ListParts"))
    if listing.ok:
        numbers = listing.texts("Part/PartNumber")
        etags = [it.strip('"') for it in listing.texts("Part/ETag")]
        right = numbers == ["1", "2"] and etags == [first.etag.strip('"'), etag.strip('"')]
        shown = f"{', '.join(numbers) or 'no number'}{'' if right else ', other ETags or numbers'}"
        otherwise = Outcome.IGNORED if len(numbers) < 2 else Outcome.WRONG
        bench.check("its-number", holds(right, shown, listing, otherwise=otherwise))
    else:  # not offered; some complete no upload with part 2 alone, so this comes second
        done = bench.setup(upload.complete_with((2, etag)))
        bench.check("its-number", has_body(bench.effect(upload.read), body).after(done.describe()))

    spare = bench.shared("an upload for parts that must be refused", multipart.begin)
    for number in (0, 10_001):
        bench.check(f"part-{number}", refused(bench.effect(part(spare, number))))
    word = bench.effect(part(spare, 1).plus(query={NUMBER: "one"}))
    bench.check("not-a-number", refused(word, 400, codes=("InvalidArgument",)))
    bench.check("empty-number", refused(bench.effect(part(spare, 1).plus(query={NUMBER: ""}))))


@probe(
    "CreateMultipartUpload/uploads",
    checks=(
        core("upload-id", "an InitiateMultipartUploadResult with an UploadId", CREATE),
        core("usable", "a 2xx response for a part that is sent to the id", CREATE),
        promise("object-stays", "the object of the key as it was", OVERVIEW),
        promise("listed", "the upload in ListMultipartUploads", OVERVIEW),
        promise("without-it", "no UploadId for the same request without uploads", CREATE),
        promise("unharmed", "the object of the key after a request without uploads", CREATE),
    ),
)
def uploads(bench: Workbench) -> None:
    """Begin an upload; what is sent to the key by POST without it begins none."""
    kept = bench.put()
    create = kept.call("CreateMultipartUpload")

    created = offered(bench.treat(create))
    upload = multipart.told(created)
    named = bool(upload.upload_id) and created.root == "InitiateMultipartUploadResult"
    text = f"{created.root or 'no XML'} with{'' if upload.upload_id else 'out'} an UploadId"
    begins = holds(named, text, created, otherwise=Outcome.IGNORED)
    bench.check("upload-id", begins)
    if upload.upload_id:
        part = bench.effect(upload.part(1, bench.text()))
        bench.check("usable", holds(part.ok, part.describe(), part))
        query = {"prefix": kept.key}
        call = Call(operation="ListMultipartUploads", bucket=kept.bucket, query=query)
        listing = bench.effect(call)
        there = upload.upload_id in listing.texts("Upload/UploadId")
        text = f"{listing.describe()} with{'' if there else 'out'} the upload"
        bench.check("listed", holds(there, text, listing))
    else:
        bench.check("usable", begins)
        bench.skip("listed", because="the response has no UploadId")
    bench.check("object-stays", has_body(bench.effect(upload.read), kept.body))
    # A POST of the key and nothing else: a completion that names no upload.
    post = Call(operation="CompleteMultipartUpload", bucket=kept.bucket, key=kept.key)
    bare = bench.effect(post)
    text = bare.describe()
    begun = bool(bare.ok and bare.text("UploadId"))
    bench.check("without-it", holds(not begun, f"{text}{' with an UploadId' * begun}", bare))
    bench.check("unharmed", has_body(bench.effect(upload.read), kept.body))
