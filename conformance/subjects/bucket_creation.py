"""Names that no bucket may have, and tags that it may be created with.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from conformance.probing import Comparison, Workbench, holds, refused
from conformance.s3.operations import Call
from conformance.s3.xml import document
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY

TAGGING: Final = CONFIGURED_BY["PutBucketTagging"][1]
TAGGED: Final = "<Tags><Tag><Key>purpose</Key><Value>kept</Value></Tag></Tags>"


def _address(name: str) -> str:
    """An address that is as unlikely to be a bucket's name already as the name is."""
    return "10." + ".".join(str(byte) for byte in sha256(name.encode()).digest()[:3])


# By what is wrong: a name made of one that is right.
INVALID: Final[Mapping[str, Callable[[str], str]]] = {
    "upper case": lambda name: f"{name}-X",
    "two dots": lambda name: f"{name}..x",
    "a hyphen at the end": lambda name: f"{name}-",
    "a dot at the end": lambda name: f"{name}.",
    "a space": lambda name: f"{name} x",
    "nothing but an IP address": _address,
}


def refused_names(bench: Workbench, body: bytes) -> Comparison:
    """CreateBucket of each of `INVALID`, up to the first that is served."""
    answers = []
    for wrong, spoil in INVALID.items():
        name = spoil(bench.bucket_name())
        answer = bench.effect(Call(operation="CreateBucket", bucket=name, body=body))
        answers.append(answer)
        if not refused(answer).held:
            return holds(False, f"{answer.describe()} for a name with {wrong}", answer)
    return holds(True, f"{len(answers)} refusals", *answers)


def check_tags(bench: Workbench, call: Call) -> None:
    """Report `tags`: of a bucket that is created with them, which a store may refuse.

    Args:
        bench: the row's.
        call: CreateBucket without tags.
    """
    inner = call.body.partition(b">")[2].rpartition(b"<")[0].decode()
    body = document("CreateBucketConfiguration", inner + TAGGED)
    bucket = bench.bucket_name()
    answer = bench.effect(Call(operation="CreateBucket", bucket=bucket, body=body))
    if not answer.ok:
        bench.skip("tags", because=f"with tags: {answer.describe()}")
        return
    tags = bench.effect(TAGGING.get(Place(bucket=bucket)))
    bench.check("tags", holds("kept" in tags.texts("TagSet/Tag/Value"), tags.describe(), tags))
