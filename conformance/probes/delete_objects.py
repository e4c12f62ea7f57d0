"""Deletions: shown by the absence of what is named, and by the presence of everything else.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Comparison,
    Hazard,
    Response,
    Stored,
    Workbench,
    api,
    checksum,
    checksum_header,
    core,
    detail,
    equals,
    guide,
    has_body,
    has_status,
    holds,
    is_xml,
    offered,
    probe,
    promise,
    refused,
    served,
)
from conformance.subjects import deletions
from conformance.subjects.missing import NO_BUCKET, is_missing, of_missing_bucket

ONE: Final = api("DeleteObject")
SEVERAL: Final = api("DeleteObjects")
FOLDERS: Final = guide("using-folders")
# XML readers that trim text lose the space at its end.
ODD_NAME: Final = "& <odd> \u00e9 +%41 'x' "

DELETE_CHECKS: Final = (
    core("gone", "404 for the object deleted", ONE),
    promise("gone-by-head", "404 for the object deleted by HeadObject too", ONE),
    promise("others-kept", "an object whose key begins alike, as before", ONE),
    promise("not-listed", "a listing without the object", api("ListObjectsV2")),
    promise("again", "204 for an object already deleted", ONE),
    promise("below-kept", "a/y as before after a/ is deleted", FOLDERS),
    promise("above-deleted", "a/b as before after a, which is no key, is deleted", FOLDERS),
    promise("folder-kept", "a/ as before after a/x is deleted", FOLDERS),
    promise("folder-gone", "404 for a/ after it is deleted, though a/y exists", FOLDERS),
    promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
    detail("status", "204", ONE),
)


@probe("DeleteObject", checks=DELETE_CHECKS)
def delete_object(bench: Workbench) -> None:
    """Delete the object and no other; a key that has none is no error."""
    ours = bench.put()
    longer = bench.put(key=f"{ours.key}-longer")

    answer = offered(bench.treat(ours.call("DeleteObject")))
    bench.check("status", has_status(answer, 204))
    bench.check("gone", _is_gone(bench, ours))
    bench.check("gone-by-head", refused(bench.effect(ours.call("HeadObject")), 404))
    bench.check("others-kept", _is_kept(bench, longer))
    query = {"prefix": ours.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=ours.bucket, query=query))
    listed = [key for key in listing.texts("Contents/Key") if key == ours.key]
    text = "the key of the object deleted" if listed else "no such key"
    bench.check("not-listed", holds(listing.ok and not listed, text, listing))
    bench.check("again", has_status(bench.effect(ours.call("DeleteObject")), 204))

    with bench.observing("below-kept", "folder-kept", "folder-gone"):
        folder = bench.put(key=bench.key("/"))
        inner, other = (bench.put(key=f"{folder.key}{name}") for name in "xy")
        offered(bench.effect(inner.call("DeleteObject")))
        kept = _is_kept(bench, folder)
        if kept.held or _is_kept(bench, bench.put(folder.body, key=folder.key)).held:
            bench.check("folder-kept", kept)
        else:
            bench.skip("folder-kept", because="a key that ends with / does not read back as put")
        offered(bench.effect(folder.call("DeleteObject")))
        bench.check("below-kept", _is_kept(bench, other))
        bench.check("folder-gone", _is_gone(bench, folder))
    with bench.observing("above-deleted"):
        below = bench.put(key=f"{bench.key()}/b")
        above = replace(below, key=below.key.removesuffix("/b"))
        bench.effect(above.call("DeleteObject"))
        bench.check("above-deleted", _is_kept(bench, below))
    with bench.observing("missing-bucket"):
        nowhere = bench.effect(of_missing_bucket(bench, "DeleteObject"))
        bench.check("missing-bucket", is_missing(nowhere, NO_BUCKET))


DELETE_MANY_CHECKS: Final = (
    core("first-gone", "404 for the first object named", SEVERAL),
    core("last-gone", "404 for the last object named", SEVERAL),
    promise("reported", "each key in a Deleted element, and no other", SEVERAL),
    promise("root", "a DeleteResult", SEVERAL),
    promise("others-kept", "an object that is not named, as before", SEVERAL),
    promise("missing-key", "a key without an object reported as deleted", SEVERAL),
    promise(
        "odd-key-gone", "404 for an object whose key has & < >, é and a space at its end", SEVERAL
    ),
    promise("odd-key-reported", "that key in a Deleted element", SEVERAL),
    promise("quiet-gone", "404 for an object deleted with Quiet", SEVERAL),
    promise("quiet", "no Deleted elements with Quiet", SEVERAL),
    promise("thousand-keys", "1,000 keys in one request, the last of them deleted", SEVERAL),
    detail("malformed", "400 for a body that is not well-formed XML", ERRORS),
    promise("malformed-deletes-nothing", "the object named in such a body as before", SEVERAL),
    detail("malformed-code", "MalformedXML for such a body", ERRORS),
    promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
    detail("no-keys", "400 MalformedXML for a body that names none", SEVERAL),
    detail("no-namespace", "a 2xx response to a body without S3's namespace", SEVERAL),
    detail("too-many-keys", "400 MalformedXML for 1,001 keys", SEVERAL),
    detail(
        "checksum-for-digest", "a 2xx response to x-amz-checksum-crc32 and no Content-MD5", SEVERAL
    ),
    detail("media-type", "Content-Type: application/xml", SEVERAL),
)


@probe("DeleteObjects", checks=DELETE_MANY_CHECKS)
def delete_objects(bench: Workbench) -> None:
    """Delete the objects named in the body, report each of them, and leave others alone."""
    first, middle, last, other = bench.put(), bench.put(), bench.put(), bench.put()
    missing = bench.key()
    keys = [first.key, missing, middle.key, last.key]

    answer = offered(bench.treat(deletions.deletion(bench.bucket, keys)))
    bench.check("first-gone", _is_gone(bench, first))
    bench.check("last-gone", _is_gone(bench, last))
    bench.check("root", equals("root element", answer.root, "DeleteResult", answer))
    bench.check("media-type", is_xml(answer))
    names = answer.texts("Deleted/Key")
    errors = len(answer.xml.findall("Error"))
    text = f"{len(names)} keys as deleted and {errors} errors for {len(keys)} keys"
    ours = sorted(name for name in names if name != missing)
    right = not errors and ours == sorted(key for key in keys if key != missing)
    bench.check("reported", holds(right, text, answer))
    reported = "reported" if missing in names else "not reported"
    bench.check("missing-key", holds(missing in names, reported, answer))
    bench.check("others-kept", _is_kept(bench, other))

    with bench.observing("odd-key-gone", "odd-key-reported"):
        odd = bench.put(key=bench.key(ODD_NAME))
        answer = offered(bench.effect(deletions.deletion(bench.bucket, [odd.key])))
        bench.check("odd-key-gone", _is_gone(bench, odd))
        names = answer.texts("Deleted/Key")
        seen = equals(
            "keys",
            [name.removeprefix(bench.sandbox.prefix) for name in names],
            [odd.key.removeprefix(bench.sandbox.prefix)],
            answer,
        )
        bench.check("odd-key-reported", seen)
    with bench.observing("quiet-gone", "quiet"):
        silent = bench.put()
        answer = offered(bench.effect(deletions.deletion(bench.bucket, [silent.key], quiet=True)))
        bench.check("quiet-gone", _is_gone(bench, silent))
        count = len(answer.xml.findall("Deleted"))
        bench.check("quiet", holds(not count, f"{count} Deleted elements", answer))
    with bench.observing("thousand-keys"):
        bench.check("thousand-keys", _thousand(bench))
    summed = deletions.deletion(bench.bucket, [missing]).without("Content-MD5")
    summed = summed.plus(headers={checksum_header("CRC32"): checksum("CRC32", summed.body)})
    bench.check("checksum-for-digest", served(bench.effect(summed)))
    many = [f"{missing}-{number}" for number in range(deletions.MOST + 1)]
    answer = bench.effect(deletions.deletion(bench.bucket, many))
    bench.check("too-many-keys", refused(answer, 400, codes=("MalformedXML",)))
    _odd_bodies(bench, missing)
    cut = deletions.deletion(bench.bucket, [other.key]).body.partition(b"</Object>")[0]
    answer = bench.effect(deletions.deletion_of(bench.bucket, cut))
    bench.check("malformed", refused(answer, 400))
    bench.check("malformed-code", refused(answer, 400, codes=("MalformedXML",)))
    bench.check("malformed-deletes-nothing", _is_kept(bench, other))


def _odd_bodies(bench: Workbench, missing: str) -> None:
    """Requests about nothing: in no bucket, of no key, and in no namespace."""
    with bench.observing("missing-bucket"):
        bucket = of_missing_bucket(bench, "DeleteObjects").bucket
        nowhere = bench.effect(deletions.deletion(bucket, [missing]))
        bench.check("missing-bucket", is_missing(nowhere, NO_BUCKET))
    none = bench.effect(deletions.deletion(bench.bucket, []))
    bench.check("no-keys", refused(none, 400, codes=("MalformedXML",)))
    bare = f"<Delete><Object><Key>{missing}</Key></Object></Delete>".encode()
    bench.check("no-namespace", served(bench.effect(deletions.deletion_of(bench.bucket, bare))))


def _thousand(bench: Workbench) -> Comparison:
    """Delete an object, named as the last of as many keys as a request may have."""
    last = bench.put()
    keys = [f"{last.key}-{number}" for number in range(deletions.MOST - 1)]
    answer = bench.effect(deletions.deletion(bench.bucket, [*keys, last.key]))
    return _is_gone(bench, last) if answer.ok else served(answer)


def _is_gone(bench: Workbench, subject: Stored) -> Comparison:
    return refused(bench.effect(subject.call("GetObject")), 404)


def _is_kept(bench: Workbench, subject: Stored) -> Comparison:
    """An object that a deletion was not about must read back."""
    answer: Response = bench.effect(subject.call("GetObject"))
    seen = has_body(answer, subject.body)
    return seen.hurting(Hazard.DESTRUCTIVE) if answer.status == 404 else seen
