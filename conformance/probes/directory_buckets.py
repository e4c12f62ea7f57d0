"""Directory buckets: a session of keys, a list of their own, and objects that are renamed.

S3 has them at a host of their own. Where one cannot be created here, its operations are asked of an
ordinary bucket: who answers with what ordinary buckets have, has ignored the request.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-buckets-overview.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Seen,
    Undecided,
    Workbench,
    carries,
    decide,
    judge,
    offered,
    probe,
    refuses,
    shows,
)
from conformance.s3.endpoint import Credentials
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.verdict import Hazard, Observation, Observed

ZONE: Final = "use1-az4"
SESSION: Final = "CreateSessionResult"
WITH_SESSION: Final = "x-amz-s3session-token"
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


@probe("ListDirectoryBuckets")
def list_all(bench: Workbench) -> Observation:
    """Name the directory buckets, and no other."""
    ordinary, directory = bench.bucket, bench.shared("a directory bucket", _directory)
    call = Call(operation="ListDirectoryBuckets", query={"max-directory-buckets": "1000"})

    answer = offered(bench.treat(call))
    names = answer.texts("Buckets/Bucket/Name")

    if answer.root and ordinary not in names and directory not in names:
        text = f"answers {answer.root} without an ordinary bucket"
        decide(Observed.UNPROVEN, f"{text}; no directory bucket can be created")
    what = "ordinary buckets too" if ordinary in names else "no buckets"
    return judge(
        shows(
            directory in names and ordinary not in names,
            "names the directory bucket and no ordinary one",
            f"answers {answer.root or 'no XML'}, with {what}",
        )
    )


@probe("CreateSession")
def session(bench: Workbench) -> Observation:
    """Lend keys for the bucket, with which requests are served, and without which not."""
    bucket = _bucket(bench)

    answer = offered(bench.treat(Call(operation="CreateSession", bucket=bucket)))
    keys = _keys(answer)
    if answer.root != SESSION or keys is None:
        said = answer.root or "no XML"
        return judge(shows(False, "", f"answers {said}, not {SESSION} with keys"))
    head = Call(operation="HeadBucket", bucket=bucket, headers={WITH_SESSION: keys.token or ""})
    own = Credentials(access_key=keys.access_key, secret_key=keys.secret_key)
    served = bench.effect(head, credentials=own)
    forged = bench.effect(head, credentials=own, invalid_signature=True)

    text = f"with the keys: {served.describe()}, and wrongly signed: {forged.describe()}"
    return judge(shows(served.ok and not forged.ok, text, text))


def _keys(answer: Response) -> Credentials | None:
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    access, secret, token = (answer.text(f"Credentials/{name}") for name in names)
    if not (access and secret and token):
        return None
    return Credentials(access_key=access, secret_key=secret, token=token)


@probe("RenameObject")
def rename(bench: Workbench) -> Observation:
    """Give the object another key: its bytes are there, and no longer here."""
    source = bench.put(bucket=_bucket(bench))
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
    absent = Seen.ABSENT if renamed.status == 404 else Seen.WRONG
    return judge(
        carries("under the new key", renamed, source.body, otherwise=absent),
        refuses("under the old key", old, 404),
    )
