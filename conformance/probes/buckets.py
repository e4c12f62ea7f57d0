"""Buckets: which there are, where they are, and that they come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Comparison,
    Hazard,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    guide,
    has_body,
    has_status,
    holds,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import (
    bucket_creation,
    listed_buckets,
    listings,
    multipart,
    smallest_requests,
    strange_region,
)
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.subjects.configuration_bodies import put_versioning
from conformance.subjects.versioned import MARKER

BUCKETS: Final = "ListAllMyBucketsResult"
LOCATION: Final = "LocationConstraint"
NAMES: Final = "Buckets/Bucket/Name"
NO_BUCKET: Final = "404 NoSuchBucket for a bucket that does not exist"
NAMING: Final = guide("bucketnamingrules")
TAGGING: Final = CONFIGURED_BY["PutBucketTagging"][1]
CUT: Final = b"<CreateBucketConfiguration><LocationConstr"


def _look(bench: Workbench, bucket: str) -> Response:
    """Whether a bucket is there: its listing, which is 404 where there is none."""
    return bench.effect(Call(operation="ListObjects", bucket=bucket))


def _no_bucket(bench: Workbench) -> tuple[int, ...]:
    """The statuses that a bucket which does not exist may give.

    A bucket given with --bucket may come with credentials for nothing else: then it is 403.
    """
    return (403, 404) if bench.sandbox.user_buckets else (404,)


@probe(
    "ListBuckets",
    checks=[
        core("listed", "the bucket among those listed", api("ListBuckets")),
        promise("root", f"the root element {BUCKETS}", api("ListBuckets")),
        promise("each-once", "no bucket twice", api("ListBuckets")),
        promise("created", "a bucket that was created just now", api("ListBuckets")),
        promise("deleted", "no bucket that was deleted", api("ListBuckets")),
        detail("creation-date", "CreationDate of each, an ISO 8601 date", api("ListBuckets")),
        detail("date-of-today", "CreationDate of the run's own bucket", api("ListBuckets")),
        detail("date-kept", "the same CreationDate in the next listing", api("ListBuckets")),
        detail("owner", "the Owner's ID", api("ListBuckets")),
        detail("order", "the buckets in the order of their names", api("ListBuckets")),
        detail("namespace", "the namespace of S3's documents on the root", api("ListBuckets")),
        *listed_buckets.CHECKS,
    ],
)
def list_buckets(bench: Workbench) -> None:
    """List the account's buckets."""
    ours = bench.bucket

    listing = offered(bench.treat(Call(operation="ListBuckets")))
    names = listing.texts(NAMES)
    nothing = Outcome.WRONG if listing.root == BUCKETS else Outcome.IGNORED
    text = f"{listing.root or 'no XML'} with {len(names)} buckets"
    bench.check("listed", holds(ours in names, text, listing, otherwise=nothing))
    bench.check("root", listings.has_root(listing, BUCKETS))
    bench.check("namespace", listings.has_namespace(listing))
    bench.check("each-once", holds(len(names) == len(set(names)), text, listing))
    dates = listing.texts("Buckets/Bucket/CreationDate")
    dated = listings.has_dates(listing, "Buckets/Bucket/CreationDate")
    missing = holds(False, f"{len(dates)} of {len(names)} buckets with one", listing)
    bench.check("creation-date", dated if len(dates) == len(names) else missing)
    if bench.sandbox.user_buckets:
        bench.skip("date-of-today", because="the given bucket is not the run's own")
    else:
        own = f"Buckets/Bucket[Name='{ours}']/CreationDate"
        bench.check("date-of-today", listings.of_today(listing, own))
    owner = listing.text("Owner/ID")
    bench.check("owner", holds(bool(owner), f"the ID {owner!r}", listing))
    bench.check("order", holds(names == sorted(names), "another order", listing))
    parameters = [check.id for check in listed_buckets.CHECKS]
    with bench.observing("created", "deleted", "date-kept", *parameters):
        bucket = bench.new_bucket()
        during = bench.effect(listing.call)
        bench.check("created", _lists(during, bucket, True))
        before, after = (_created(answer).get(ours) for answer in (listing, during))
        bench.check("date-kept", holds(before == after, f"{before}, then {after}", during))
        if during.root == BUCKETS:
            listed_buckets.check_parameters(bench, ours, during)
        else:
            bench.skip(*parameters, because=text)
        bench.setup(Call(operation="DeleteBucket", bucket=bucket))
        bench.check("deleted", _lists(bench.effect(listing.call), bucket, False))


def _created(listing: Response) -> dict[str, str]:
    """When each bucket was created, as listed."""
    entries = listing.xml.findall("Buckets/Bucket")
    return {e.findtext("Name") or "": e.findtext("CreationDate") or "" for e in entries}


def _lists(listing: Response, bucket: str, right: bool) -> Comparison:
    there = bucket in listing.texts(NAMES)
    text = f"{listing.describe()} {'with' if there else 'without'} the bucket"
    return holds(listing.root == BUCKETS and there == right, text, listing)


@probe(
    "HeadBucket",
    checks=[
        core("missing-bucket", "404 for a bucket that does not exist", api("HeadBucket")),
        promise("no-body", "no body", api("HeadBucket")),
        detail("status", "200 for one that does", api("HeadBucket")),
        detail("region", "the region in x-amz-bucket-region, and the right one", api("HeadBucket")),
    ],
)
def head_bucket(bench: Workbench) -> None:
    """Return 200 for a bucket that is there, and 404 for one that is not."""
    answer = offered(bench.treat(Call(operation="HeadBucket", bucket=bench.bucket)))

    missing = bench.effect(Call(operation="HeadBucket", bucket=bench.sandbox.bucket_name()))
    bench.check("missing-bucket", refused(missing, *_no_bucket(bench)))
    bench.check("status", has_status(answer, 200))
    bench.check("no-body", holds(not answer.body, f"{len(answer.body)} bytes", answer))
    region = answer.header("x-amz-bucket-region")
    location = bench.effect(Call(operation="GetBucketLocation", bucket=bench.bucket))
    there = (location.xml.text or "us-east-1").strip() if location.root == LOCATION else region
    text = f"x-amz-bucket-region: {region}, and {there} of GetBucketLocation"
    same = region is not None and region.lower() == (there or "").lower()
    bench.check("region", holds(same, text, answer, location))


@probe(
    "CreateBucket",
    checks=[
        core("created", "a bucket where there was none", api("CreateBucket")),
        promise("empty", "no key in the new bucket", api("CreateBucket")),
        promise("usable", "an object that can be put there and read", api("CreateBucket")),
        promise("own-again", "200, or 409 BucketAlreadyOwnedByYou, for one's own bucket", ERRORS),
        promise("contents-kept", "the object after the bucket is created again", ERRORS),
        detail("tags-kept", "the bucket's tags after it is created again", ERRORS),
        promise("too-long-name", "a refusal of a name of 64 characters", NAMING),
        detail("location", "the bucket in the header Location", api("CreateBucket")),
        detail("status", "200", api("CreateBucket")),
        detail("invalid-name", "400 InvalidBucketName for a name with an underscore", NAMING),
        detail(
            "other-names", f"a refusal of names with {', '.join(bucket_creation.INVALID)}", NAMING
        ),
        detail("malformed-body", "a refusal of a body that ends early", ERRORS),
        detail("tags", "the tags that CreateBucketConfiguration gives", api("CreateBucket")),
        detail(
            "unknown-region",
            f"a refusal of the constraint {strange_region.NOWHERE}, or a bucket there",
            api("CreateBucket"),
        ),
    ],
)
def create(bench: Workbench) -> None:
    """Create a bucket where there was none."""
    call = smallest_requests.create_bucket(bench)

    before = _look(bench, call.bucket)
    answer = bench.treat(call)
    if call.body and not answer.ok:  # the region may be one that has no constraint here
        call = call.plus(body=b"")
        answer = bench.treat(call)
    offered(answer)
    after = _look(bench, call.bucket)
    text = f"{before.describe()} before, {after.describe()} {after.root} after"
    created = before.status == 404 and after.ok and after.root == listings.LISTING
    # A bucket that is there without the request shows nothing of the request.
    otherwise = Outcome.IGNORED if before.status == after.status else Outcome.WRONG
    held = bench.check("created", holds(created, text, before, after, otherwise=otherwise))
    bench.check("status", has_status(answer, 200))
    location = answer.header("Location")
    there = location is not None and call.bucket in location
    bench.check("location", holds(there, f"Location: {location}", answer))
    checks = ("empty", "usable", "own-again", "contents-kept", "tags-kept")
    if not held:
        bench.skip(*checks, because="the bucket was not created")
    else:
        bench.check("empty", listings.has_element(after, "Contents", None))
        with bench.observing(*checks):
            _check_again(bench, call)
    for check, name, codes in (
        ("too-long-name", bench.bucket_name().ljust(64, "x"), ()),
        ("invalid-name", f"{bench.bucket_name()}_x", ("InvalidBucketName",)),
    ):
        refusal = bench.effect(Call(operation="CreateBucket", bucket=name, body=call.body))
        bench.check(check, refused(refusal, 400, codes=codes))
    bench.check("other-names", bucket_creation.refused_names(bench, call.body))
    bucket_creation.check_tags(bench, call)
    short = Call(operation="CreateBucket", bucket=bench.bucket_name(), body=CUT)
    bench.check("malformed-body", refused(bench.effect(short), 400))
    strange = strange_region.strange_bucket(bench)
    kept = strange.location == strange_region.NOWHERE
    unknown = refused(strange.answer)
    taken = holds(True, f"a bucket in {strange_region.NOWHERE}", strange.answer)
    bench.check("unknown-region", taken if kept else unknown)


def _check_again(bench: Workbench, call: Call) -> None:
    """The bucket holds an object, also after it is created again."""
    subject = bench.put(bucket=call.bucket)
    bench.check("usable", has_body(bench.effect(subject.call("GetObject")), subject.body))
    tagged = bench.attempt(TAGGING.put(Place(bucket=call.bucket), "kept"))
    again = bench.effect(call)
    right = again.ok or refused(again, 409, codes=["BucketAlreadyOwnedByYou"]).held
    bench.check("own-again", holds(right, again.describe(), again))
    kept = bench.effect(subject.call("GetObject"))
    contents = has_body(kept, subject.body).hurting(Hazard.DESTRUCTIVE)
    bench.check("contents-kept", contents)
    if not tagged.ok:
        bench.skip("tags-kept", because=f"PutBucketTagging returned {tagged.describe()}")
        return
    tags = bench.effect(TAGGING.get(Place(bucket=call.bucket)))
    bench.check("tags-kept", holds("kept" in tags.texts("TagSet/Tag/Value"), "no tags", tags))


@probe(
    "DeleteBucket",
    checks=[
        core("gone", "404 for the bucket after it is deleted", api("DeleteBucket")),
        core("with-an-object", "409 for a bucket that has an object", api("DeleteBucket")),
        promise("not-empty", "the error code BucketNotEmpty", ERRORS),
        promise("object-kept", "the object in it, after the refusal", api("DeleteBucket")),
        promise("missing-bucket", NO_BUCKET, ERRORS),
        promise("not-listed", "no deleted bucket in ListBuckets", api("DeleteBucket")),
        promise("old-versions", "409 for a bucket of older versions alone", api("DeleteBucket")),
        detail(
            "forgotten", "no tags, and no versioning, once it is created anew", api("DeleteBucket")
        ),
        detail("open-upload", "204 for a bucket of an upload alone", api("DeleteBucket")),
        detail("no-content", "204 without a body", api("DeleteBucket")),
    ],
)
def delete(bench: Workbench) -> None:
    """Delete an empty bucket, and refuse to delete one that has an object."""
    empty, full = bench.new_bucket(), bench.new_bucket()
    subject = bench.put(bucket=full)
    tagged = bench.attempt(TAGGING.put(Place(bucket=empty), "kept"))
    bench.attempt(put_versioning(empty))

    answer = offered(bench.treat(Call(operation="DeleteBucket", bucket=empty)))
    bench.check("gone", refused(_look(bench, empty), 404))
    bench.check("no-content", has_status(answer, 204))
    refusal = bench.effect(Call(operation="DeleteBucket", bucket=full))
    bench.check("with-an-object", refused(refusal, 409))
    if refusal.status == 409:
        bench.check("not-empty", refused(refusal, 409, codes=["BucketNotEmpty"]))
    else:
        bench.skip("not-empty", because="the server returned no 409")
    kept = bench.effect(subject.call("GetObject"))
    hurt = has_body(kept, subject.body).hurting(Hazard.DESTRUCTIVE)
    bench.check("object-kept", hurt)
    bench.check("missing-bucket", listings.in_missing_bucket(bench, "DeleteBucket"))
    listing = bench.effect(Call(operation="ListBuckets"))
    if listing.root == BUCKETS:
        bench.check("not-listed", _lists(listing, empty, False))
    else:
        bench.skip("not-listed", because=f"ListBuckets returned {listing.describe()}")
    with bench.observing("open-upload"):
        bucket = bench.new_bucket()
        begin = Call(operation="CreateMultipartUpload", bucket=bucket, key=bench.key())
        multipart.begun(bench.setup(begin))
        answer = bench.effect(Call(operation="DeleteBucket", bucket=bucket))
        bench.check("open-upload", has_status(answer, 204))
    with bench.observing("old-versions"):
        _check_versions(bench, subject)
    with bench.observing("forgotten"):
        if not tagged.ok:
            raise Undecided(f"PutBucketTagging returned {tagged.describe()}")
        bench.setup(replace(smallest_requests.create_bucket(bench), bucket=empty))
        anew = bench.effect(TAGGING.get(Place(bucket=empty)))
        bench.check("forgotten", holds("kept" not in anew.texts("TagSet/Tag/Value"), "tags", anew))
        status = bench.effect(Call(operation="GetBucketVersioning", bucket=empty))
        text = f"versioning {status.text('Status')}"
        bench.check("forgotten", holds(status.text("Status") != "Enabled", text, status))


def _check_versions(bench: Workbench, subject: Stored) -> None:
    """A bucket whose only object is behind a delete marker."""
    bench.setup(put_versioning(subject.bucket))
    marked = bench.setup(subject.call("DeleteObject"))
    if marked.header(MARKER) != "true":
        raise Undecided(f"DeleteObject put no delete marker: {marked.describe()}")
    refusal = bench.effect(Call(operation="DeleteBucket", bucket=subject.bucket))
    seen = refused(refusal, 409).hurting(Hazard.DESTRUCTIVE)
    bench.check("old-versions", seen)


@probe(
    "GetBucketLocation",
    checks=[
        core("root", "the root element LocationConstraint", api("GetBucketLocation")),
        promise("missing-bucket", "404 for a bucket that does not exist", ERRORS),
        promise("error-code", NO_BUCKET, ERRORS),
        promise("one-region", "the region as text, and nothing else", api("GetBucketLocation")),
        detail(
            "region-of-head", "the region in HeadBucket's x-amz-bucket-region", api("HeadBucket")
        ),
        detail("first-region", "no text where the region is us-east-1", api("GetBucketLocation")),
    ],
)
def get_bucket_location(bench: Workbench) -> None:
    """Return the bucket's region, and 404 for a bucket that is not there."""
    answer = offered(bench.treat(Call(operation="GetBucketLocation", bucket=bench.bucket)))

    bench.check("root", listings.has_root(answer, "LocationConstraint"))
    missing = listings.in_missing_bucket(bench, "GetBucketLocation")
    bench.check("missing-bucket", refused(missing.responses[0], *_no_bucket(bench)))
    bench.check("error-code", missing)
    # Which region it is cannot be checked: it is empty for us-east-1, and stores have aliases.
    region = (answer.xml.text or "").strip()
    bench.check("first-region", holds(region != "us-east-1", f"the region {region}", answer))
    bench.check("one-region", holds(not len(answer.xml), f"{len(answer.xml)} elements", answer))
    head = bench.effect(Call(operation="HeadBucket", bucket=bench.bucket))
    named = head.header("x-amz-bucket-region")
    if named is None:
        bench.skip("region-of-head", because="HeadBucket returns no x-amz-bucket-region")
        return
    same = named.lower() == (region or "us-east-1").lower()
    text = f"{region!r} beside {named!r}"
    bench.check("region-of-head", holds(same, text, answer, head))
