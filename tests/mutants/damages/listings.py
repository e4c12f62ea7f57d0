"""What can go wrong with listings of objects, and buckets."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, wrong
from tests.mutants.damaging import (
    Behind,
    another_status,
    answering,
    edited,
    empty_result,
    inclusive,
    one_short,
    parameter,
    repeated,
    unsorted,
)


def _says_url(request: Request, behind: Behind) -> Answer:
    """EncodingType says url, and the keys are as they are."""
    return answering(
        lambda a: replace(
            a,
            body=re.sub(
                rb"(<Prefix ?/?>)", rb"<EncodingType>url</EncodingType>\1", a.body, count=1
            ),
        )
    )(request.without("encoding-type"), behind)


LINES: Final[tuple[Line, ...]] = (
    ("ListObjects(V2)?", wrong("one short", one_short("Contents"))),
    ("ListObjects(V2)?", wrong("not in order", unsorted("Contents"))),
    ("ListObjects(V2)?", wrong("one twice", repeated("Contents"))),
    ("ListObjects(V2)?", wrong("another size", edited(rb"<Size>\d+<", b"<Size>1<"))),
    ("ListObjects(V2)?", wrong("another ETag", edited(rb"<ETag>[^<]*<", b"<ETag>0<"))),
    ("ListObjects(V2)?", wrong("no date",
        edited(rb"<LastModified>[^<]*</LastModified>", b""))),
    ("ListObjectsV2(/list-type)?", wrong("another count",
        edited(rb"<KeyCount>\d+<", b"<KeyCount>999<"))),
    ("ListObjects(V2)?/(prefix|max-keys|marker|start-after|continuation-token)",
        wrong("one short", one_short("Contents"))),
    ("ListObjects(V2)?/max-keys", wrong("one more",
        parameter("max-keys", lambda v: str(int(v) + 1)))),
    ("ListObjects(V2)?/max-keys", wrong("not said to be truncated",
        edited(rb"<IsTruncated>true<", b"<IsTruncated>false<"))),
    ("ListObjects(V2)?/(marker|start-after)", wrong("itself too", lambda r, b: inclusive(
        "start-after" if "start-after" in r.parameters else "marker")(r, b))),
    ("List.*/delimiter", wrong("one prefix twice", repeated("CommonPrefixes"))),
    ("List.*/delimiter", wrong("no prefix",
        edited(rb"<CommonPrefixes>.*?</CommonPrefixes>", b""))),
    ("ListObjects(V2)?/delimiter", wrong("one short", one_short("Contents"))),
    ("List.*/encoding-type", wrong("EncodingType is missing",
        edited(b"<EncodingType>url</EncodingType>", b""))),
    ("List.*/encoding-type", wrong("only EncodingType", _says_url)),
    ("ListObjectsV2/fetch-owner", wrong("one owner",
        edited(rb"(<Owner>.*?</Owner>.*)<Owner>.*?</Owner>", rb"\1"))),
    ("ListBuckets", wrong("not listed", edited(rb"<Bucket>.*</Bucket>", b""))),
    ("ListBuckets", wrong("another root", edited(rb"ListAllMyBuckets", rb"ListAllBuckets"))),
    ("DeleteBucket", wrong("204 for 409", another_status(409, 204))),
    ("GetBucketLocation", wrong("200 for 404", empty_result("LocationConstraint", 404))),
    ("GetBucketLocation", wrong("another root",
        edited(rb"LocationConstraint", rb"BucketLocation"))),
    ("Region/.*/LocationConstraint", wrong("created nowhere",
        lambda r, b: Answer(status=200))),
)  # fmt: skip
