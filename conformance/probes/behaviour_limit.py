"""Sizes and numbers: what is just within a limit is served, and what is beyond it is refused.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html and the pages of the
operations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    R2,
    Call,
    Check,
    Stored,
    Undecided,
    Workbench,
    api,
    behaviour,
    content_md5,
    core,
    detail,
    document,
    equals,
    guide,
    has_body,
    has_header,
    has_status,
    promise,
    refused,
    served,
)

KEYS: Final = guide("object-keys")
METADATA: Final = guide("UsingMetadata")
TAGS: Final = guide("object-tagging")
NAMES: Final = guide("bucketnamingrules")
META: Final = "x-amz-meta-long"


@behaviour(
    "Limit",
    "key-1024-bytes",
    checks=(
        core("within", "the bytes of an object whose key has 1024 bytes", KEYS),
        core("beyond", "a refusal of a key of 1025 bytes", KEYS),
        promise("one-name", "the bytes for 1024 bytes without a slash but the first", KEYS),
        promise("two-bytes-within", "the bytes for 1024 bytes in characters of two bytes", KEYS),
        promise("two-bytes-beyond", "a refusal of one byte more of such", KEYS),
        detail("beyond-status", "status 400", KEYS),
    ),
)
def long_keys(bench: Workbench, _: str) -> None:
    """Store under a key of up to 1024 bytes of UTF-8, and refuse a longer one."""
    call = Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())
    bench.setup(call)
    # Names of 100 letters, for a store of files may have a limit of its own for one name.
    folders = f"{'k' * 100}/" * 10
    wide = f"{chr(0xE9) * 50}/" * 10
    for check, filling in (("", folders), ("two-bytes-", wide), ("one-name", "k" * 1024)):
        start = f"{bench.key()}/"
        space = 1024 - len(start)
        key = start + filling.encode()[:space].decode(errors="ignore").rstrip("/")
        key += "z" * (1024 - len(key.encode()))
        within = replace(call, key=key)
        answer = bench.treat(within)
        name = check if check == "one-name" else f"{check}within"
        if answer.ok:
            back = bench.effect(replace(within, operation="GetObject", body=b""))
            bench.check(name, has_body(back, call.body))
        else:
            bench.check(name, served(answer))
        if check == "one-name":
            continue
        longer = bench.effect(replace(call, key=f"{key}z"))
        bench.check(f"{check}beyond", refused(longer))
        if not check:
            bench.check("beyond-status", has_status(longer, 400))


# More than the name of a file's attribute may have.
LONG_NAME: Final = 300
METADATA_SIZES: Final = {"metadata-2-kb": 2048, "metadata-8-kb": 8192}


def _metadata_checks(_: str, name: str) -> list[Check]:
    size = METADATA_SIZES[name]
    if name != "metadata-2-kb":
        page, more = f"{R2}/platform/limits/", []
    else:
        page = METADATA
        text = f"metadata whose name has {LONG_NAME} characters on HeadObject"
        more = [promise("long-name", text, page)]
    return [
        *more,
        core("within", f"metadata of {size} bytes, its name included, on HeadObject", page),
        core("beyond", f"a refusal of a value of {size + 1} bytes", page),
        promise("sum", "a refusal of two values that are too long together", page),
        promise("upload", f"a refusal to begin an upload with a value of {size + 1} bytes", page),
        promise("copy", f"a refusal of a copy with a value of {size + 1} bytes", page),
        detail("beyond-status", "status 400", page),
    ]


@behaviour("Limit", *METADATA_SIZES, checks=_metadata_checks)
def metadata(bench: Workbench, name: str) -> None:
    """Store user metadata of up to the documented size, and refuse more."""
    size = METADATA_SIZES[name]
    value = "m" * (size - len(META))
    call = Call(operation="PutObject", bucket=bench.bucket, key=bench.key(), body=bench.text())
    bench.setup(call)
    within = replace(call, key=bench.key(), headers={META: value})
    answer = bench.treat(within)
    if answer.ok:
        head = bench.effect(replace(within, operation="HeadObject", headers={}, body=b""))
        bench.check("within", has_header(head, META, value))
    else:
        bench.check("within", served(answer))
    longer = bench.effect(replace(call, headers={META: "m" * (size + 1)}))
    bench.check("beyond", refused(longer))
    bench.check("beyond-status", has_status(longer, 400))
    large = {META: "m" * (size + 1)}
    begun = replace(call, operation="CreateMultipartUpload", key=bench.key(), body=b"")
    bench.check("upload", refused(bench.effect(begun.plus(headers=large))))
    replaced = {"x-amz-copy-source": bench.plain.source, "x-amz-metadata-directive": "REPLACE"}
    copied = replace(begun, operation="CopyObject", key=bench.key(), headers=replaced)
    bench.check("copy", refused(bench.effect(copied.plus(headers=large))))
    two = {META: "m" * (size // 2 + 1), f"{META}er": "m" * (size // 2 + 1)}
    bench.check("sum", refused(bench.effect(replace(call, headers=two))))
    if name == "metadata-2-kb":
        header = "x-amz-meta-".ljust(LONG_NAME, "n")
        named = bench.effect(replace(call, key=bench.key(), headers={header: "yes"}))
        back = bench.effect(replace(named.call, operation="HeadObject", headers={}, body=b""))
        bench.check("long-name", has_header(back, header, "yes") if named.ok else served(named))


@behaviour(
    "Limit",
    "delete-1000-keys",
    checks=(
        core("within", "1000 keys in the result of DeleteObjects", api("DeleteObjects")),
        core("beyond", "a refusal of 1001 keys", api("DeleteObjects")),
        promise("object-stays", "an object that the refused request named", api("DeleteObjects")),
    ),
)
def deletions(bench: Workbench, _: str) -> None:
    """Delete up to 1000 keys in one request, and refuse more."""
    subject, base = bench.put(), bench.key()

    def delete(count: int, last: str) -> Call:
        keys = [*(f"{base}-{number}" for number in range(count - 1)), last]
        body = document("Delete", "".join(f"<Object><Key>{key}</Key></Object>" for key in keys))
        headers = content_md5(body)
        return Call(operation="DeleteObjects", bucket=subject.bucket, headers=headers, body=body)

    beyond = bench.effect(delete(1001, subject.key))
    bench.check("beyond", refused(beyond))
    if beyond.ok:
        bench.skip("object-stays", because="the request was not refused")
    else:
        bench.check("object-stays", has_body(bench.effect(subject.call("GetObject")), subject.body))
    answer = bench.treat(delete(1000, f"{base}-last"))
    if not answer.ok:
        bench.accepted(answer, control=delete(1, f"{base}-last"))
    bench.check("within", equals("keys", len(answer.texts("Deleted")), 1000, answer))


@behaviour(
    "Limit",
    "tags-10",
    checks=(
        core("within", "10 tags from GetObjectTagging", TAGS),
        core("beyond", "a refusal of 11 tags", TAGS),
        promise("kept", "the 10 tags after the refusal", TAGS),
    ),
)
def tags(bench: Workbench, _: str) -> None:
    """Store up to ten tags of an object, and refuse more."""
    subject = bench.put()

    def put(count: int) -> Call:
        each = (f"<Tag><Key>k{n}</Key><Value>v</Value></Tag>" for n in range(count))
        body = document("Tagging", f"<TagSet>{''.join(each)}</TagSet>")
        return subject.call("PutObjectTagging", headers=content_md5(body), body=body)

    answer = bench.treat(put(10))
    if not answer.ok:
        bench.accepted(answer, control=put(1))
    bench.check("within", equals("tags", _count(bench, subject), 10))
    beyond = bench.effect(put(11))
    bench.check("beyond", refused(beyond))
    if beyond.ok:
        bench.skip("kept", because="the request was not refused")
    else:
        bench.check("kept", equals("tags", _count(bench, subject), 10))


def _count(bench: Workbench, subject: Stored) -> int:
    return len(bench.effect(subject.call("GetObjectTagging")).texts("TagSet/Tag"))


@behaviour(
    "Limit",
    "bucket-name-63-characters",
    checks=(
        promise("within", "a bucket whose name has 63 characters", NAMES),
        core("beyond", "a refusal of a name of 64 characters", NAMES),
    ),
)
def bucket_names(bench: Workbench, _: str) -> None:
    """Create a bucket whose name has up to 63 characters, and refuse a longer name."""
    if bench.endpoint.addressing != "path":
        raise Undecided("a longer name is no host's and can be sent in a path only")
    bench.new_bucket()
    name = bench.bucket_name()
    within = Call(operation="CreateBucket", bucket=name.ljust(63, "x"))
    answer = bench.treat(within)
    if answer.ok:
        bench.check("within", served(bench.effect(replace(within, operation="HeadBucket"))))
    else:
        bench.check("within", served(answer))
    bench.check("beyond", refused(bench.effect(replace(within, bucket=name.ljust(64, "y")))))
