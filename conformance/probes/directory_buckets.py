"""Directory buckets: a session of keys, a list of their own, and objects that are renamed.

S3 has them at a host of their own. Where one cannot be created here, its operations are asked of an
ordinary bucket: a server that answers with what ordinary buckets have has ignored the request.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Credentials,
    Hazard,
    Observed,
    Outcome,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    document,
    equals,
    has_body,
    holds,
    offered,
    probe,
    promise,
    refused,
    served,
)

ZONE: Final = "use1-az4"
SESSION: Final = "CreateSessionResult"
WITH_SESSION: Final = "x-amz-s3session-token"
DIRECTORIES: Final = "ListAllMyDirectoryBucketsResult"
DIRECTORY: Final = document(
    "CreateBucketConfiguration",
    f"<Location><Name>{ZONE}</Name><Type>AvailabilityZone</Type></Location>"
    "<Bucket><DataRedundancy>SingleAvailabilityZone</DataRedundancy><Type>Directory</Type></Bucket>",
)


def _directory(bench: Workbench) -> str:
    """A directory bucket, if what was to be one could be created; else empty."""
    try:
        name = f"{bench.bucket_name()}--{ZONE}--x-s3"
    except Undecided:  # buckets are given
        return ""
    call = Call(operation="CreateBucket", bucket=name, body=DIRECTORY)
    return name if bench.attempt(call).ok else ""


def _bucket(bench: Workbench) -> str:
    return bench.shared("a directory bucket", _directory) or bench.bucket


@probe(
    "ListDirectoryBuckets",
    checks=[
        core("names", "the directory bucket and no ordinary one", api("ListDirectoryBuckets")),
        detail("root", f"the root element {DIRECTORIES}", api("ListDirectoryBuckets")),
    ],
)
def list_all(bench: Workbench) -> None:
    """Name the directory buckets, and no other."""
    ordinary, directory = bench.bucket, bench.shared("a directory bucket", _directory)
    call = Call(operation="ListDirectoryBuckets", query={"max-directory-buckets": "1000"})

    answer = offered(bench.treat(call))
    names = answer.texts("Buckets/Bucket/Name")

    if answer.root and ordinary not in names and directory not in names:
        text = f"{answer.root} without an ordinary bucket"
        decide(Observed.UNPROVEN, f"{text}; no directory bucket can be created")
    what = "with ordinary buckets too" if ordinary in names else f"with {len(names)} buckets"
    right = directory in names and ordinary not in names
    text = f"{answer.root or 'no XML'} {what}"
    bench.check("names", holds(right, text, answer, otherwise=Outcome.IGNORED))
    bench.check("root", holds(answer.root == DIRECTORIES, answer.root or "no XML", answer))


@probe(
    "CreateSession",
    checks=[
        promise("keys", f"{SESSION} with three keys", api("CreateSession")),
        core(
            "signature",
            "the keys verified: a right signature served, a wrong one refused",
            api("CreateSession"),
        ),
        promise("served", "a request that is signed with the keys", api("CreateSession")),
    ],
)
def session(bench: Workbench) -> None:
    """Lend keys for the bucket, with which requests are served, and without which not."""
    bucket = _bucket(bench)

    answer = offered(bench.treat(Call(operation="CreateSession", bucket=bucket)))
    keys = _keys(answer)
    text = f"{answer.root or 'no XML'} {'with' if keys else 'without'} the keys"
    right = answer.root == SESSION and keys is not None
    bench.check("keys", holds(right, text, answer, otherwise=Outcome.IGNORED))
    if keys is None or not right:
        nothing = holds(False, "no keys", answer, otherwise=Outcome.IGNORED)
        bench.check("signature", nothing)
        bench.skip("served", because="there are no keys")
        return
    head = Call(operation="HeadBucket", bucket=bucket, headers={WITH_SESSION: keys.token or ""})
    own = Credentials(access_key=keys.access_key, secret_key=keys.secret_key)
    answer = bench.effect(head, credentials=own)
    forged = bench.effect(head, credentials=own, invalid_signature=True)
    text = f"{answer.describe()} with the keys, {forged.describe()} with a wrong signature"
    right = answer.ok and not forged.ok
    bench.check("signature", holds(right, text, answer, forged, otherwise=Outcome.IGNORED))
    bench.check("served", served(answer))


def _keys(answer: Response) -> Credentials | None:
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    access, secret, token = (answer.text(f"Credentials/{name}") for name in names)
    if not (access and secret and token):
        return None
    return Credentials(access_key=access, secret_key=secret, token=token)


@probe(
    "RenameObject",
    checks=[
        core("new-key", "the object's bytes under the new key", api("RenameObject")),
        core("old-key", "404 for the old key", api("RenameObject")),
        promise("metadata", "the object's own metadata under the new key", api("RenameObject")),
        promise(
            "missing-source", "a refusal for a source that does not exist", api("RenameObject")
        ),
        detail("etag", "the object's ETag under the new key", api("RenameObject")),
    ],
)
def rename(bench: Workbench) -> None:
    """Give the object another key: its bytes are there, and no longer here."""
    source = bench.put(bucket=_bucket(bench), headers={"x-amz-meta-mark": "kept"})
    headers = {"x-amz-rename-source": source.key}
    call = Call(operation="RenameObject", bucket=source.bucket, key=bench.key(), headers=headers)

    answer = bench.treat(call)
    renamed = bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))
    if renamed.ok and not renamed.body:
        text = "the request was carried out as an empty PutObject"
        decide(Observed.IGNORED, text, Hazard.DESTRUCTIVE)
    offered(answer)
    old = bench.effect(source.call("GetObject"))

    if renamed.status == old.status == 404:
        text = "the object is neither under the new key nor under the old one"
        decide(Observed.BROKEN, text, Hazard.DESTRUCTIVE)
    otherwise = Outcome.IGNORED if renamed.status == 404 else Outcome.WRONG
    bench.check("new-key", has_body(renamed, source.body, otherwise=otherwise))
    bench.check("old-key", refused(old, 404))
    mark = renamed.header("x-amz-meta-mark")
    bench.check("metadata", equals("x-amz-meta-mark", mark, "kept", renamed))
    bench.check("etag", equals("ETag", renamed.etag, source.etag, renamed))
    nothing = {"x-amz-rename-source": bench.key()}
    again = Call(operation="RenameObject", bucket=source.bucket, key=bench.key(), headers=nothing)
    bench.check("missing-source", refused(bench.effect(again)))
