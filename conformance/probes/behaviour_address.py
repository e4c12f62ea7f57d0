"""How buckets and keys are addressed: in the path, in the host name, with dots and with slashes.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from conformance.probing import (
    Call,
    Comparison,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    behaviour,
    core,
    equals,
    guide,
    has_body,
    has_status,
    holds,
    promise,
    refused,
    served,
)

HOSTING: Final = guide("VirtualHosting")
NAMES: Final = guide("bucketnamingrules")


def _list(subject: Stored) -> Call:
    query = {"prefix": subject.key}
    return Call(operation="ListObjectsV2", bucket=subject.bucket, query=query)


def _lists(answer: Response, subject: Stored) -> Comparison:
    return equals("keys", answer.texts("Contents/Key"), [subject.key], answer)


def _or_ignored(answer: Response, body: bytes) -> Comparison:
    """An object's bytes; who takes the key for a bucket's name knows no such bucket."""
    otherwise = Outcome.IGNORED if answer.status in (403, 404) else Outcome.WRONG
    return has_body(answer, body, otherwise=otherwise)


@behaviour(
    "Address",
    "path-style",
    checks=(
        core("read", "the object that another style of address stored", HOSTING),
        promise("stored", "an object that was stored so", HOSTING),
        promise("listed", "it in a listing", HOSTING),
        promise("key-like-a-bucket", "the bytes of a key that begins with the bucket's name",
                HOSTING),
    ),
)  # fmt: skip
def path_style(bench: Workbench, _: str) -> None:
    """Take the first name in the path for the bucket, and the rest for the key."""
    subject = bench.put()
    read = subject.call("GetObject")
    answer = bench.treat(read, addressing="path")
    bench.accepted(answer, control=read)
    bench.check("read", has_body(answer, subject.body))
    write = replace(subject.call("PutObject", body=bench.text()), key=bench.key())
    bench.effect(write, addressing="path")
    bench.check("stored", has_body(bench.effect(replace(read, key=write.key)), write.body))
    bench.check("listed", _lists(bench.effect(_list(subject), addressing="path"), subject))
    twin = bench.put(key=f"{subject.bucket}/{bench.key()}")
    back = bench.effect(twin.call("GetObject"), addressing="path")
    bench.check("key-like-a-bucket", has_body(back, twin.body))


@behaviour(
    "Address",
    "virtual-hosted-style",
    checks=(
        core("read", "the object for the bucket in the host's name", HOSTING),
        promise("stored", "an object that was stored so", HOSTING),
        promise("listed", "it in a listing", HOSTING),
        promise("key-like-a-bucket", "the bytes of a key that begins with the bucket's name",
                HOSTING),
        promise("missing-bucket", "404 for the name of no bucket", HOSTING),
        promise("missing-with-dots", "404 for such a name with dots", HOSTING),
    ),
)  # fmt: skip
def virtual_hosted_style(bench: Workbench, _: str) -> None:
    """Take the first label of the host's name for the bucket, and the whole path for the key."""
    host = urlsplit(bench.endpoint.url).hostname or ""
    if _is_address(host):
        raise Undecided(f"{host} is an address, and no name can be below it; give a host name")
    subject = bench.put()
    read = subject.call("GetObject")
    answer = bench.treat(read, addressing="virtual")
    if not answer.ok:
        bench.control(read)
        if host == "localhost":
            raise Undecided("the server does not know localhost for a name of its own")
    bench.check("read", _or_ignored(answer, subject.body))
    write = replace(subject.call("PutObject", body=bench.text()), key=bench.key())
    if not answer.ok:
        # Its path would be taken for a bucket and a key.
        others = ("stored", "listed", "key-like-a-bucket", "missing-bucket", "missing-with-dots")
        bench.skip(*others, because="no object was found by the host's name")
        return
    bench.effect(write, addressing="virtual")
    bench.check("stored", has_body(bench.effect(replace(read, key=write.key)), write.body))
    bench.check("listed", _lists(bench.effect(_list(subject), addressing="virtual"), subject))
    twin = bench.put(key=f"{subject.bucket}/{bench.key()}")
    back = bench.effect(twin.call("GetObject"), addressing="virtual")
    bench.check("key-like-a-bucket", has_body(back, twin.body))
    for check, end in (("missing-bucket", ""), ("missing-with-dots", ".with.dots")):
        missing = Call(operation="ListObjects", bucket=f"{bench.sandbox.bucket_name()}{end}")
        bench.check(check, has_status(bench.effect(missing, addressing="virtual"), 404))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@behaviour(
    "Address",
    "bucket-with-dots",
    checks=(
        core("read", "the bytes of an object in a bucket whose name has dots", NAMES),
        promise("listed", "its key in a listing", NAMES),
        promise("apart", "404 for it in a bucket whose name ends before the dot", NAMES),
        promise("two-dots", "a refusal of a name with two dots in a row", NAMES),
    ),
)
def dots(bench: Workbench, _: str) -> None:
    """Create buckets whose names have dots, as long as these stand alone."""
    if bench.endpoint.addressing != "path":
        raise Undecided("a certificate for one label does not hold for a name with dots")
    short = bench.new_bucket()
    call = Call(operation="CreateBucket", bucket=f"{short}.dots.in-it")
    bench.accepted(bench.treat(call), control=Call(operation="HeadBucket", bucket=short))
    subject = bench.put(bucket=call.bucket)
    bench.check("read", has_body(bench.effect(subject.call("GetObject")), subject.body))
    bench.check("listed", _lists(bench.effect(_list(subject)), subject))
    apart = replace(subject, bucket=short)
    bench.check("apart", has_status(bench.effect(apart.call("GetObject")), 404))
    two = Call(operation="CreateBucket", bucket=f"{short}..two")
    bench.check("two-dots", refused(bench.effect(two)))


@behaviour(
    "Address",
    "trailing-slash",
    checks=(
        core("listed", "the bucket's keys for its name with a slash behind it", HOSTING),
        promise("head", "200 from HeadBucket for such a name", api("HeadBucket")),
        promise("created", "a bucket without the slash in its name", api("CreateBucket")),
        promise("no-object", "nothing stored by CreateBucket with a slash", api("CreateBucket")),
        promise("deleted", "404 once it is deleted so", api("DeleteBucket")),
    ),
)
def trailing_slash(bench: Workbench, _: str) -> None:
    """Take `/bucket/` for the bucket, as several SDKs send it."""
    subject = bench.put()
    answer = bench.treat(_list(subject), addressing="slash")
    bench.accepted(answer, control=_list(subject))
    bench.check("listed", _lists(answer, subject))
    head = Call(operation="HeadBucket", bucket=subject.bucket)
    bench.check("head", served(bench.effect(head, addressing="slash")))
    name = bench.bucket_name()
    made = bench.effect(Call(operation="CreateBucket", bucket=name), addressing="slash")
    there = bench.effect(Call(operation="HeadBucket", bucket=name))
    seen = f"{made.describe()}, then {there.describe()}"
    if not bench.check("created", holds(made.ok and there.ok, seen, there)):
        bench.skip("no-object", "deleted", because=seen)
        return
    inside = bench.effect(Call(operation="ListObjectsV2", bucket=name))
    bench.check("no-object", equals("keys", inside.texts("Contents/Key"), [], inside))
    bench.effect(Call(operation="DeleteBucket", bucket=name), addressing="slash")
    bench.check("deleted", has_status(bench.effect(replace(head, bucket=name)), 404))
