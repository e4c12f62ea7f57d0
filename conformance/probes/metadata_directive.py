"""Whether a copy has its source's metadata, or the request's.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    detail,
    has_body,
    has_header,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import stored_headers

DIRECTIVE: Final = "x-amz-metadata-directive"
# Of the source, and not of the request.
HEADERS: Final = ("Content-Type", "Cache-Control", "Content-Disposition", "Expires")
LANGUAGE: Final = "Content-Language"
OF_REQUEST: Final = {"x-amz-meta-of-request": "yes", LANGUAGE: "fr"}
PAGE: Final = api("CopyObject")
CHECKS: Final = (
    core("replaced", "the request's x-amz-meta-* with REPLACE and not with COPY", PAGE),
    promise("copy-keeps", "the source's x-amz-meta-* with COPY", PAGE),
    promise("copy-keeps-headers", "the source's Content-Type and its like with COPY", PAGE),
    promise("copy-ignores-headers", f"the source's {LANGUAGE}, not the request's, with COPY", PAGE),
    promise("replace-drops", "no x-amz-meta-* of the source with REPLACE", PAGE),
    promise("replace-drops-type", "the default Content-Type with REPLACE", PAGE),
    promise(
        "replace-drops-headers", "no Cache-Control and its like of the source with REPLACE", PAGE
    ),
    promise("replace-keeps-bytes", "the source's bytes with REPLACE", PAGE),
    promise("onto-itself", "new metadata of an object copied onto itself", PAGE),
    promise("onto-itself-drops", "no old metadata of such an object", PAGE),
    promise("onto-itself-keeps-bytes", "the bytes of such an object as before", PAGE),
    detail("onto-itself-etag", "the ETag of such an object as before", PAGE),
    detail("invalid", "400 for a directive that is neither COPY nor REPLACE", PAGE),
    # R2 documents that it allows this.
    detail("onto-itself-unchanged", "400 for a copy onto itself that changes nothing", PAGE),
)


@probe(f"CopyObject/{DIRECTIVE}", checks=CHECKS)
def metadata_directive(bench: Workbench) -> None:
    """With COPY, give the copy the source's metadata; with REPLACE, the request's instead."""
    whole = stored_headers.described(bench)
    source = whole.stored

    def copied(directive: str) -> Response:
        headers = {"x-amz-copy-source": source.source, DIRECTIVE: directive, **OF_REQUEST}
        call = Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=headers)
        bench.accepted(bench.treat(call), DIRECTIVE)
        return bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))

    copy, replaced = copied("COPY"), copied("REPLACE")

    copies, replaces = _origins(copy), _origins(replaced)
    text = f"{_words(copies)} metadata with COPY, {_words(replaces)} with REPLACE"
    same = Outcome.IGNORED if copies == replaces else Outcome.WRONG
    right = "request" in replaces - copies
    bench.check("replaced", holds(right, text, copy, replaced, otherwise=same))
    bench.check("copy-keeps", holds("source" in copies, text, copy))
    bench.check("copy-keeps-headers", whole.same(copy, *HEADERS))
    if LANGUAGE in whole.headers:
        bench.check("copy-ignores-headers", whole.same(copy, LANGUAGE))
    else:
        bench.skip("copy-ignores-headers", because=f"the server keeps no {LANGUAGE}")
    bench.check("replace-drops", holds("source" not in replaces, text, replaced))
    media = replaced.header("Content-Type")
    seen = f"Content-Type: {media}"
    bench.check(
        "replace-drops-type",
        holds(media != stored_headers.DESCRIBED["Content-Type"], seen, replaced),
    )
    for name in HEADERS[1:]:
        bench.check("replace-drops-headers", has_header(replaced, name, None))
    bench.check("replace-keeps-bytes", has_body(replaced, source.body))

    itself = {"x-amz-copy-source": source.source}
    with bench.observing(
        "onto-itself", "onto-itself-drops", "onto-itself-keeps-bytes", "onto-itself-etag"
    ):
        changed = {**itself, DIRECTIVE: "REPLACE", **OF_REQUEST}
        offered(bench.effect(source.call("CopyObject", headers=changed)))
        after = bench.effect(source.call("GetObject"))
        bench.check("onto-itself", has_header(after, "x-amz-meta-of-request", "yes"))
        bench.check("onto-itself-drops", has_header(after, "x-amz-meta-of-source", None))
        bench.check("onto-itself-keeps-bytes", has_body(after, source.body))
        told = f"ETag {after.etag or 'missing'}, not {source.etag}"
        bench.check("onto-itself-etag", holds(after.etag == source.etag, told, after))
    unchanged = bench.effect(source.call("CopyObject", headers=itself))
    bench.check("onto-itself-unchanged", refused(unchanged, 400))
    strange = {"x-amz-copy-source": bench.plain.source, DIRECTIVE: "S3_CONFORMANCE"}
    call = Call(operation="CopyObject", bucket=bench.bucket, key=bench.key(), headers=strange)
    bench.check("invalid", refused(bench.effect(call), 400))


def _origins(answer: Response) -> set[str]:
    return {name for name in ("source", "request") if answer.header(f"x-amz-meta-of-{name}")}


def _words(origins: set[str]) -> str:
    return " and ".join(f"the {name}'s" for name in sorted(origins)) or "no"
