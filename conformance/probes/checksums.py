"""Checksums of objects: five algorithms, over the whole object or over its parts' checksums.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
An upload of one part tells the two types apart: COMPOSITE is the checksum of that part's checksum,
and ends in -1. What must be refused is sent to an upload of its own, for it may end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import Proof, Seen, Workbench, decide, family, judge, probe, refuses, shows
from conformance.s3.checksums import DIGESTS, checksum, checksum_header, composite
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.multipart import Upload, begin, begun, completed, create_call
from conformance.verdict import Observation, Observed

ALGORITHM, TYPE = "x-amz-checksum-algorithm", "x-amz-checksum-type"
CELLS: Final = tuple(f"Checksum/{algorithm}" for algorithm in DIGESTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An algorithm and a type, on the bytes of an upload's only part."""

    algorithm: str
    type: str
    body: bytes

    @property
    def asked(self) -> dict[str, str]:
        """The headers of CreateMultipartUpload."""
        return {ALGORITHM: self.algorithm, TYPE: self.type}

    @property
    def header(self) -> str:
        return checksum_header(self.algorithm)

    @property
    def right(self) -> dict[str, str]:
        """`x-amz-checksum-…` with the part's value, which is the whole object's too."""
        return {self.header: checksum(self.algorithm, self.body)}

    @property
    def wrong(self) -> dict[str, str]:
        """`x-amz-checksum-…` with the value of other bytes."""
        return {self.header: checksum(self.algorithm, self.body[::-1])}

    @property
    def values(self) -> dict[str, str]:
        """By type, what HeadObject must show of the object."""
        return {
            "COMPOSITE": f"{composite(self.algorithm, [self.body])}-1",
            "FULL_OBJECT": checksum(self.algorithm, self.body),
        }

    def complete(self, upload: Upload, part: Response, headers: dict[str, str]) -> Call:
        """CompleteMultipartUpload that names the part's checksum."""
        name = f"Checksum{self.algorithm}"
        xml = f"<{name}>{self.right[self.header]}</{name}>"
        return upload.complete([part.etag], [xml], headers)


def _cell(bench: Workbench, operation: str, kind: str) -> Cell:
    return Cell(algorithm=operation.removeprefix("Checksum/"), type=kind, body=bench.text())


def _completed(bench: Workbench, cell: Cell, headers: dict[str, str]) -> tuple[Proof, ...]:
    """What HeadObject shows of an object uploaded and completed with the right checksums."""
    created = bench.treat(create_call(bench, cell.asked))
    bench.accepted(created, *cell.asked)
    upload = begun(created)
    part = bench.treat(upload.part(1, cell.body, cell.right))
    if not part.ok:
        # In this upload a part without a checksum may well be refused.
        bench.accepted(part, control=begin(bench).part(1, cell.body))
    done = bench.treat(cell.complete(upload, part, headers))
    plain = cell.complete(upload, part, {}) if headers else upload.complete([part.etag])
    bench.accepted(done, control=plain)
    return _shown(bench, cell, upload)


def _shown(bench: Workbench, cell: Cell, upload: Upload) -> tuple[Proof, ...]:
    answer = bench.effect(_head(upload.bucket, upload.key))
    value, kind, right = answer.header(cell.header), answer.header(TYPE), cell.values[cell.type]
    text = f"HeadObject shows {value or f'no {cell.header}'}, not {right}"
    if value != right and value in cell.values.values():
        decide(Observed.IGNORED, f"{text}: the type is not heeded")
    told = shows(
        value == right,
        f"HeadObject shows {right}",
        text,
        otherwise=Seen.WRONG if value else Seen.ABSENT,
    )
    if told.seen is not Seen.HELD:
        return (told,)  # some servers give back any x-amz- header, a type without a checksum too
    typed = shows(kind == cell.type, f"and {cell.type}", f"and {kind or 'no'} {TYPE}")
    return (told, typed)


def _head(bucket: str, key: str) -> Call:
    headers = {"x-amz-checksum-mode": "ENABLED"}
    return Call(operation="HeadObject", bucket=bucket, key=key, headers=headers)


@family("COMPOSITE", operations=CELLS)
def composite_checksum(bench: Workbench, operation: str, kind: str) -> Observation:
    """Check each part against its checksum, and show the checksum of those checksums."""
    cell = _cell(bench, operation, kind)

    shown = _completed(bench, cell, {})
    wrong = bench.effect(begin(bench, cell.asked).part(1, cell.body, cell.wrong))

    return _weighed(bench, cell, refuses("a part with a wrong checksum", wrong, 400), shown)


@family("FULL_OBJECT", operations=CELLS)
def full_object_checksum(bench: Workbench, operation: str, kind: str) -> Observation:
    """Check the whole object against its checksum at completion, and show that checksum."""
    cell = _cell(bench, operation, kind)

    shown = _completed(bench, cell, {TYPE: kind, **cell.right})
    upload = begin(bench, cell.asked)
    part = bench.setup(upload.part(1, cell.body, cell.right))
    wrong = bench.effect(cell.complete(upload, part, {TYPE: kind, **cell.wrong}))

    return _weighed(bench, cell, refuses("completion with a wrong checksum", wrong, 400), shown)


def _weighed(bench: Workbench, cell: Cell, refused: Proof, shown: tuple[Proof, ...]) -> Observation:
    """A checksum that is shown of every upload shows nothing of one that was asked for."""
    plain = bench.shared("HeadObject of an upload without a checksum", _plain_head)
    if plain.header(TYPE) == cell.type and plain.header(cell.header):
        return judge(refused, also=shown)
    return judge(refused, *shown)


def _plain_head(bench: Workbench) -> Response:
    plain = completed(bench, [bench.text()])
    return bench.attempt(_head(plain.bucket, plain.key))


@probe("CopyObject/x-amz-checksum-algorithm")
def copy_checksum_algorithm(bench: Workbench) -> Observation:
    """Compute the algorithm's checksum for the copy, which the source does not have."""
    source, name = bench.plain, checksum_header("SHA256")
    headers = {"x-amz-copy-source": source.source, ALGORITHM: "SHA256"}

    copied = bench.treat(
        Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=headers)
    )
    bench.accepted(copied, ALGORITHM)
    answer = bench.effect(_head(copied.call.bucket, copied.call.key))
    right, value = checksum("SHA256", source.body), answer.header(name)

    return judge(
        shows(
            value == right,
            f"HeadObject of the copy shows {name}: {right}",
            f"HeadObject of the copy shows {value or 'no'} {name}",
            otherwise=Seen.WRONG if value else Seen.ABSENT,
        )
    )
