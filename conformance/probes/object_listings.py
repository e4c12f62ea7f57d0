"""ListObjects, ListObjectsV2 and their parameters; ListObjectVersions.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Undecided,
    Workbench,
    family,
    judge,
    offered,
    operation,
    probe,
    shows,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.listings import (
    NAMES,
    ODD_NAME,
    entries,
    limited,
    named,
    narrowed,
    truncated,
    url_encoded,
)
from conformance.verdict import Observation

V1, V2 = "ListObjects", "ListObjectsV2"
KEY = "Contents/Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Objects that are only listed, under a prefix of their own."""

    prefix: str
    objects: Sequence[Stored]

    @property
    def keys(self) -> list[str]:
        return [item.key for item in self.objects]

    def list(self, operation: OperationName, **query: str) -> Call:
        """A listing of this folder; `max_keys` is sent as `max-keys`."""
        more = {name.replace("_", "-"): value for name, value in query.items()}
        bucket = self.objects[0].bucket
        return Call(operation=operation, bucket=bucket, query={"prefix": self.prefix, **more})


def _folder(bench: Workbench, names: Sequence[str] = NAMES) -> Folder:
    prefix = bench.key("/")
    # Each of another length, so that a listing that mixes sizes up is seen.
    objects = [
        bench.put(bench.text(40 + number), key=prefix + name) for number, name in enumerate(names)
    ]
    return Folder(prefix=prefix, objects=objects)


def _listed(bench: Workbench) -> Folder:
    return bench.shared("objects to list", _folder)


def _odd(bench: Workbench) -> Folder:
    return bench.shared("an object with an odd name", lambda bench: _folder(bench, [ODD_NAME]))


def _entries(folder: Folder, answer: Response, root: str, element: str) -> tuple[Proof, ...]:
    """All objects of the folder, each with its size, ETag and date."""
    right = [
        {"Key": item.key, "Size": str(len(item.body)), "ETag": item.etag} for item in folder.objects
    ]
    if answer.text("IsTruncated") == "true":
        raise Undecided("the page is full of other keys, for prefix is not heeded")
    dates = answer.texts(f"{element}/LastModified")
    dated = bool(dates) and all(date[:2] == "20" and "T" in date for date in dates)
    undated = (shows(False, "", "LastModified missing or wrong"),)
    proofs = entries(answer, root, element, right)
    return proofs if dated or len(proofs) == 1 else (*proofs, *undated)


@operation(V1)
def list_objects(bench: Workbench, name: str) -> Observation:
    """List the bucket's keys in order, with their sizes, ETags and dates."""
    folder = _listed(bench)

    answer = offered(bench.treat(folder.list(name)))

    return judge(*_entries(folder, answer, "ListBucketResult", "Contents"))


@operation(V2)
def list_objects_v2(bench: Workbench, name: str) -> Observation:
    """List the bucket's keys in order, with their sizes, ETags and dates, and count them."""
    folder = _listed(bench)

    answer = offered(bench.treat(folder.list(name)))

    return judge(*_entries(folder, answer, "ListBucketResult", "Contents"), _counted(answer))


@probe("ListObjectVersions")
def list_object_versions(bench: Workbench) -> Observation:
    """List every version of every key; where nothing is versioned, one called null each."""
    folder = _listed(bench)

    answer = offered(bench.treat(folder.list("ListObjectVersions")))
    latest = answer.texts("Version/IsLatest")

    return judge(
        *_entries(folder, answer, "ListVersionsResult", "Version"),
        shows(
            bool(latest) and all(answer.texts("Version/VersionId")) and set(latest) == {"true"},
            "each is its key's latest version",
            "VersionId or IsLatest is missing or wrong",
        ),
    )


def _counted(answer: Response) -> Proof:
    count = str(len(answer.texts("Contents")) + len(answer.texts("CommonPrefixes")))
    told = answer.text("KeyCount")
    return shows(
        bool(answer.root) and told == count,
        "KeyCount is right",
        f"KeyCount is {told or 'missing'}, not {count}",
        otherwise=Seen.WRONG if told else Seen.ABSENT,
    )


@probe("ListObjectsV2/list-type")
def list_type(bench: Workbench) -> Observation:
    """Answer with the second version's listing, which counts its keys as the first does not."""
    folder = _listed(bench)

    answer = bench.treat(folder.list(V2))
    bench.accepted(answer, control=folder.list(V1))

    return judge(_counted(answer))


@family("prefix", operations=(V1, V2))
def prefix(bench: Workbench, operation: OperationName, flag: str) -> Observation:
    """List only keys that begin with the prefix."""
    folder = _listed(bench)
    begin = folder.prefix + "b/"

    answer = bench.treat(folder.list(operation, prefix=begin))
    bench.accepted(answer, flag)
    seen = answer.texts(KEY)
    others = [key for key in seen if not key.startswith(begin)]

    return judge(narrowed("the prefix", seen, folder.keys[1:3], others or folder.keys))


@family("delimiter", operations=(V1, V2))
def delimiter(bench: Workbench, operation: OperationName, flag: str) -> Observation:
    """Roll keys up to the delimiter into one CommonPrefixes element."""
    folder = _listed(bench)
    first, *rolled, last = folder.keys

    answer = bench.treat(folder.list(operation, delimiter="/"))
    bench.accepted(answer, flag)
    prefixes, keys = answer.texts("CommonPrefixes/Prefix"), answer.texts(KEY)

    return judge(
        shows(
            prefixes == [folder.prefix + "b/"],
            "CommonPrefixes has the one folder",
            f"CommonPrefixes has not just the one folder: {prefixes[:2]}",
            otherwise=Seen.WRONG if prefixes or not keys else Seen.ABSENT,
        ),
        narrowed("Contents", keys, [first, last], rolled),
    )


@family("max-keys", operations=(V1, V2))
def max_keys(bench: Workbench, operation: OperationName, flag: str) -> Observation:
    """List no more keys than this, and say that there are more."""
    folder = _listed(bench)

    answer = bench.treat(folder.list(operation, max_keys="2"))
    bench.accepted(answer, flag)

    return judge(limited(2, answer.texts(KEY), folder.keys), truncated(answer))


@family("marker", operations=(V1,))
@family("start-after", operations=(V2,))
def start_after(bench: Workbench, operation: OperationName, flag: str) -> Observation:
    """List only keys that come after this one, which need not exist."""
    folder = _listed(bench)
    base = folder.list(operation)

    existing = bench.treat(base.plus(query={flag: folder.keys[1]}))
    bench.accepted(existing, flag)
    missing = bench.effect(base.plus(query={flag: folder.prefix + "b/"}))

    return judge(
        narrowed("after the second key", existing.texts(KEY), folder.keys[2:], folder.keys),
        narrowed("after no key's name", missing.texts(KEY), folder.keys[1:], folder.keys),
    )


@probe("ListObjectsV2/continuation-token")
def continuation_token(bench: Workbench) -> Observation:
    """Continue after the page that gave the token, so that pages show each key once."""
    folder = _listed(bench)

    first = bench.setup(folder.list(V2, max_keys="3"))
    token = first.text("NextContinuationToken")
    if not token:
        raise Undecided("a page of max-keys=3 of 4 keys came without a NextContinuationToken")
    second = bench.treat(folder.list(V2, max_keys="3", continuation_token=token))
    bench.accepted(second, "continuation-token")

    return judge(
        narrowed("the second page", second.texts(KEY), folder.keys[3:], folder.keys[:3]),
    )


@family("encoding-type", operations=(V1, V2))
def encoding_type(bench: Workbench, operation: OperationName, flag: str) -> Observation:
    """List keys URL-encoded, and say so in EncodingType."""
    folder = _odd(bench)

    encoded = bench.treat(folder.list(operation, encoding_type="url"))
    bench.accepted(encoded, flag)
    plain = bench.control(folder.list(operation))

    return judge(*url_encoded(folder.keys[0], encoded, plain, KEY))


@probe("ListObjectsV2/fetch-owner")
def fetch_owner(bench: Workbench) -> Observation:
    """Tell each object's owner, which a ListObjectsV2 without it does not."""
    folder = _listed(bench)

    asked = bench.treat(folder.list(V2, fetch_owner="true"))
    bench.accepted(asked, "fetch-owner")
    plain = bench.control(folder.list(V2))
    owners, untold = asked.texts("Contents/Owner/ID"), plain.texts("Contents/Owner/ID")

    return judge(
        shows(
            len(owners) == len(folder.keys) and all(owners) and not untold,
            "every key has an Owner with it and none without it",
            f"{named(len(owners), 'key')} with an Owner with it, {len(untold)} without it",
            otherwise=Seen.ABSENT if len(owners) == len(untold) else Seen.WRONG,
        )
    )
