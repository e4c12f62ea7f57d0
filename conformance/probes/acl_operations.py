"""Access control lists of objects, put and returned as documents; and a bucket's, asked by HEAD.

What counts. A permission that the owner has only because it was put is returned, and so is the one
that replaces it; it changes nothing, for the owner may do everything anyway. Where nothing can be
put, an ACL counts that grants the object's owner full control and nobody else anything.
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    ERRORS,
    NOT_OFFERED,
    Call,
    Comparison,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    document,
    equals,
    guide,
    has_body,
    has_header,
    holds,
    is_refusal,
    offered,
    operation,
    promise,
    refused,
)
from conformance.subjects import (
    acl_buckets,
    bucket_configuration,
    configuration_bodies,
    delete_markers,
    object_acls,
    refused_bodies,
)
from conformance.subjects.grantees import (
    ACL,
    EVERYBODY,
    grants_of,
    named,
    well_formed,
    without_grant,
)

OURS, OTHER = "READ_ACP", "READ"
NOT_TAKEN: Final = "AccessControlListNotSupported"
NONSENSE: Final = document("Nonsense", "<Status>nonsense</Status>")
PUT_PAGE: Final = api("PutObjectAcl")
GET_PAGE: Final = api("GetObjectAcl")
OVERVIEW: Final = guide("acl-overview")
WRONG_ACLS: Final = refused_bodies.REFUSED["BucketAcl"]
META: Final = "x-amz-meta-kept"

PUT_CHECKS: Final = (
    core("document", "GetObjectAcl with the grant of a document that was put", PUT_PAGE),
    core("headers", "GetObjectAcl with the grant of x-amz-grant-… that was put", PUT_PAGE),
    promise("replaced", "the ACL that was put last, and nothing of the one before", PUT_PAGE),
    promise("canned", "READ for everybody after x-amz-acl: public-read", PUT_PAGE),
    promise("admitted", "an unsigned GetObject to be served after public-read", OVERVIEW),
    promise("private-again", "a refusal of an unsigned GetObject after private", OVERVIEW),
    promise("by-version", "the grants of the version that versionId names alone", PUT_PAGE),
    detail("body-and-header", "400 for a document beside x-amz-acl", PUT_PAGE),
    promise("malformed-document", "a refusal of a document that is no ACL", PUT_PAGE),
    promise("kept-after-refusal", "the ACL as it was before a refused request", PUT_PAGE),
    promise("missing-object", "404 for a key that does not exist", PUT_PAGE),
    detail("missing-object-code", "404 NoSuchKey for a key that does not exist", PUT_PAGE),
    detail("malformed-code", "400 MalformedACLError or MalformedXML", ERRORS),
    detail("without-acl", "a refusal of a request without document and headers", ERRORS),
    *(detail(check, f"a refusal of {words}", PUT_PAGE) for check, words, _ in WRONG_ACLS),
    promise("metadata-kept", "the object's metadata as before", PUT_PAGE),
    delete_markers.CHECK,
)


@operation("PutObjectAcl", checks=PUT_CHECKS, security=True)
def put_object_acl(bench: Workbench, name: OperationName) -> None:
    """Grant what document or headers say in place of what was granted; leave the object alone."""
    subject, owner = _subject(bench)

    answer = bench.treat(object_acls.put(name, subject, OURS, owner))
    bench.unharmed(subject)
    _taken(answer, owner)
    acl = bench.effect(subject.call("GetObjectAcl"))
    if acl.status in NOT_OFFERED:
        _unread(bench, name, subject, acl)
    bench.check("document", _granted(acl, OURS, OTHER, owner))
    by_headers = bench.treat(object_acls.granting(name, subject, OTHER, owner))
    bench.unharmed(subject)
    acl = bench.effect(subject.call("GetObjectAcl"))
    seen = _granted(acl, OTHER, OURS, owner)
    if not by_headers.ok:  # then they grant as little as if they were ignored
        seen = holds(False, by_headers.describe(), by_headers, otherwise=Outcome.IGNORED)
    bench.check("headers", seen)

    again = bench.effect(object_acls.put(name, subject, OURS, owner))
    acl = bench.effect(subject.call("GetObjectAcl"))
    bench.check("replaced", _granted(acl, OURS, OTHER, owner) if again.ok else _no(again))
    call = subject.call(name, headers=content_md5(NONSENSE), body=NONSENSE)
    _check_refusals(bench, subject, bench.effect(call), acl)
    head = bench.effect(subject.call("HeadObject"))
    bench.check("metadata-kept", has_header(head, META, "kept"))
    place = bucket_configuration.Place(bucket=subject.bucket, owner=owner)
    for check, _, body in WRONG_ACLS:
        wrong = body("", place)
        answer = bench.effect(subject.call(name, headers=content_md5(wrong), body=wrong))
        bench.check(check, refused(answer))
    missing = Stored(bucket=subject.bucket, key=bench.key(), body=b"", etag="")
    answer = bench.effect(object_acls.put(name, missing, OURS, owner))
    bench.check("missing-object", refused(answer, 404))
    bench.check("missing-object-code", refused(answer, 404, codes=("NoSuchKey",)))
    bench.check("without-acl", refused(bench.effect(subject.call(name))))
    both = object_acls.put(name, subject, OURS, owner).plus(headers={"x-amz-acl": "private"})
    bench.check("body-and-header", refused(bench.effect(both), 400))
    with bench.observing("canned", "admitted", "private-again"):
        _check_canned(bench, name, subject)
    _check_by_version(bench, owner, by_headers=False)
    put = object_acls.put(name, subject, OURS, owner)
    delete_markers.check_marker(bench, name, put.body, put.headers)


def _check_by_version(bench: Workbench, owner: str, *, by_headers: bool) -> None:
    """Grant something of an older version: the latest stays as it was."""
    with bench.observing("by-version"):
        bucket = acl_buckets.bucket_with_acls(bench)
        bench.setup(configuration_bodies.put_versioning(bucket))
        older = bench.put(bucket=bucket)
        bench.put(bucket=bucket, key=older.key)
        query = {"versionId": older.version or "none"}
        put = object_acls.granting if by_headers else object_acls.put
        bench.setup(put("PutObjectAcl", older, OURS, owner).plus(query=query))
        get = older.call("GetObjectAcl")
        answers = [bench.effect(get.plus(query=query)), bench.effect(get)]
        seen = [(owner, OURS) in grants_of(answer) for answer in answers]
        text = f"{named(grants_of(answers[0]))}; of the latest {named(grants_of(answers[1]))}"
        bench.check("by-version", holds(seen == [True, False], text, *answers))


def _check_refusals(bench: Workbench, subject: Stored, nonsense: Response, acl: Response) -> None:
    bench.check("malformed-document", refused(nonsense))
    if is_refusal(nonsense):
        codes = ("MalformedACLError", "MalformedXML")
        bench.check("malformed-code", refused(nonsense, 400, codes=codes))
    else:
        bench.skip("malformed-code", because="the document was not refused")
    after = bench.effect(subject.call("GetObjectAcl"))
    same = after.ok and grants_of(after) == grants_of(acl)
    bench.check("kept-after-refusal", holds(same, named(grants_of(after)), acl, after))


def _check_canned(bench: Workbench, name: OperationName, subject: Stored) -> None:
    """Whether everybody may read it when it is public, and nobody when it is private again."""
    acl_buckets.unblock(bench, subject.bucket)
    answer = bench.treat(subject.call(name, headers={acl_buckets.CANNED: "public-read"}))
    if answer.denied:
        raise Undecided(f"{answer.describe()}: public ACLs are perhaps not let in here")
    acl = bench.effect(subject.call("GetObjectAcl"))
    public = (EVERYBODY, "READ") in grants_of(acl)
    seen = holds(public, named(grants_of(acl)), acl, otherwise=Outcome.IGNORED)
    bench.check("canned", seen if answer.ok else _no(answer))
    private = without_grant(bench, "GetObject", EVERYBODY, stored_by="PutObject")
    if private.ok:
        seen = refused(private).hurting(Hazard.SILENT)
        bench.check("private-again", seen.after("without a grant"))
        raise Undecided(f"without a grant: {private.describe()}")
    read = subject.call("GetObject")
    bench.check("admitted", has_body(bench.effect(read, anonymous=True), subject.body))
    bench.treat(subject.call(name, headers={acl_buckets.CANNED: "private"}))
    again = bench.effect(read, anonymous=True)
    bench.check("private-again", refused(again).hurting(Hazard.SILENT))


GET_CHECKS: Final = (
    core("put-grant", "the grant that was put just before", GET_PAGE),
    core("default", "full control for the owner, and no other grant, of a new object", OVERVIEW),
    promise("by-version", "the grants of the version that versionId names alone", GET_PAGE),
    promise("missing-object", "404 for a key that does not exist", GET_PAGE),
    detail("missing-object-code", "404 NoSuchKey for a key that does not exist", GET_PAGE),
    detail("owner", "the Owner that ListBuckets returns", GET_PAGE),
    detail("grantee-type", "each grant once, of xsi:type CanonicalUser", GET_PAGE),
    detail("media-type", "application/xml as Content-Type", GET_PAGE),
    delete_markers.CHECK,
)


@operation("GetObjectAcl", checks=GET_CHECKS, security=True)
def get_object_acl(bench: Workbench, name: OperationName) -> None:
    """Return what is granted on the object, and to whom; 404 for a key that does not exist."""
    subject, owner = _subject(bench)

    put = bench.put_on(subject, object_acls.put("PutObjectAcl", subject, OURS, owner))
    if put is None:
        subject = bench.put(bucket=subject.bucket)
    answer = offered(bench.treat(subject.call(name)))
    seen = _granted(answer, OURS, OTHER, owner)
    if put is not None and not seen.held:  # a document is not the only way
        by_headers = bench.put_on(
            subject, object_acls.granting("PutObjectAcl", subject, OURS, owner)
        )
        if by_headers is not None and by_headers.ok:
            put, answer = by_headers, bench.treat(subject.call(name))
            seen = _granted(answer, OURS, OTHER, owner)
    if put is not None and put.ok:
        bench.check("put-grant", seen)
    else:
        bench.skip("put-grant", because="no ACL can be put")
    new = bench.put(bucket=subject.bucket)
    plain = bench.effect(new.call(name))
    bench.check("default", _default(plain, new))
    missing = bench.effect(Call(operation=name, bucket=new.bucket, key=bench.key()))
    bench.check("missing-object", refused(missing, 404))
    bench.check("missing-object-code", refused(missing, 404, codes=("NoSuchKey",)))
    media = (answer.header("Content-Type") or "").partition(";")[0]
    bench.check("media-type", equals("Content-Type", media, "application/xml", answer))
    bench.check("grantee-type", well_formed(answer))
    delete_markers.check_marker(bench, name)
    own = bench.control(Call(operation="ListBuckets")).text("Owner/ID")
    bench.check("owner", equals("Owner", answer.text("Owner/ID"), own, answer))
    if put is not None and put.ok:
        _check_by_version(bench, owner, by_headers=put.call.body == b"")
    else:
        bench.skip("by-version", because="no ACL can be put")


def _default(answer: Response, subject: Stored) -> Comparison:
    """The ACL of an object that nobody was granted anything on."""
    owner = answer.text("Owner/ID")
    if answer.root != ACL:
        what = "the object's bytes" if answer.body == subject.body else answer.root or "no XML"
        text = f"{answer.describe()} with {what}"
        return holds(False, text, answer, otherwise=Outcome.IGNORED)
    right = bool(owner) and grants_of(answer) == {(owner or "", "FULL_CONTROL")}
    text = f"{named(grants_of(answer))}; Owner {owner}"
    # An ACL that names no owner is a stub that every request gets.
    return holds(right, text, answer, otherwise=Outcome.WRONG if owner else Outcome.IGNORED)


def _subject(bench: Workbench) -> tuple[Stored, str]:
    """An object whose ACL may be put, and its owner's canonical id."""
    try:
        subject = bench.put(bucket=acl_buckets.bucket_with_acls(bench), headers={META: "kept"})
    except Undecided:  # buckets are given
        subject = bench.put(headers={META: "kept"})
    owner = bench.attempt(subject.call("GetObjectAcl")).text("Owner/ID")
    return subject, owner or bench.attempt(Call(operation="ListBuckets")).text("Owner/ID") or ""


def _taken(answer: Response, owner: str) -> None:
    if answer.code == NOT_TAKEN:
        raise Undecided(f"{answer.describe()}: the bucket takes no ACLs")
    if not owner and answer.status == 400:
        raise Undecided(f"{answer.describe()}, and nothing shows the owner's canonical id")
    offered(answer)


def _unread(bench: Workbench, name: OperationName, subject: Stored, acl: Response) -> NoReturn:
    call = subject.call(name, headers=content_md5(NONSENSE), body=NONSENSE)
    nonsense = bench.effect(call)
    text = f"served, but GetObjectAcl returned {acl.describe()}"
    text += f"; with a document that is no ACL: {nonsense.describe()}"
    decide(Observed.IGNORED if nonsense.ok else Observed.UNPROVEN, text)


def _granted(answer: Response, ours: str, other: str, owner: str) -> Comparison:
    """Whether the owner's one permission besides FULL_CONTROL is this, and not the other."""
    seen = {what for who, what in grants_of(answer) if who == owner}
    text = f"{', '.join(sorted(seen)) or 'no grant'} for the owner"
    otherwise = Outcome.WRONG if other in seen or not answer.ok else Outcome.IGNORED
    right = ours in seen and other not in seen
    return holds(right, text if answer.ok else answer.describe(), answer, otherwise=otherwise)


def _no(answer: Response) -> Comparison:
    """A request of the row's own that was refused."""
    return holds(False, answer.describe(), answer)


HEAD_CHECKS: Final = (
    core(
        "content-length",
        "the Content-Length of GetBucketAcl's response, which HeadBucket's is not",
        "https://developers.cloudflare.com/r2/api/s3/api/",
    ),
)


@operation("HeadBucketAcl", checks=HEAD_CHECKS)
def head_bucket_acl(bench: Workbench, name: OperationName) -> None:
    """Return the headers of GetBucketAcl's response, which are not those of HeadBucket's."""
    answer = offered(bench.treat(Call(operation=name, bucket=bench.bucket)))
    bucket = bench.control(Call(operation="HeadBucket", bucket=bench.bucket))
    acl = bench.effect(Call(operation="GetBucketAcl", bucket=bench.bucket))

    plain, seen = bucket.header("Content-Length"), answer.header("Content-Length")
    if acl.root != ACL:
        text = f"served, but GetBucketAcl returned {acl.describe()}"
        decide(Observed.IGNORED if seen == plain else Observed.UNPROVEN, text)
    length = str(len(acl.body))
    shown = has_header(answer, "Content-Length", length, default=(plain, "0", None))
    bench.check("content-length", shown.after(f"for {length} bytes"))
