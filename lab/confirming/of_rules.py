"""Failures about HTTP, and about what rules of a bucket do.

Every case was written from the row's promise, not from the probe's code.
"""

import gzip
import json
from collections.abc import Mapping

from lab.confirming.case import Case, Seen
from lab.confirming.common import SMALL, md5, taken
from lab.confirming.raw import Answer, Raw

ORIGIN = "https://a.example"
GZIP = {"Accept-Encoding": "gzip"}


def _header(answer: Answer, name: str, right: str | None) -> Seen:
    told = answer.headers.get(name.lower())
    return Seen(answer=answer, fails=told != right, told=f"{name}: {told or 'none'}")


def _configure(raw: Raw, bucket: str, what: str, body: bytes) -> Answer:
    return raw.send("PUT", f"/{bucket}", f"{what}=", headers=md5(body), body=body)


# HTTP.


def bad_token(raw: Raw) -> Seen:
    """A listing with a token that no page has given."""
    query = "continuation-token=%25no%20token%25&list-type=2"
    answer = raw.send("GET", f"/{raw.bucket}", query)
    return Seen(answer=answer, fails=not 400 <= answer.status < 500)


def bucket_region(raw: Raw) -> Seen:
    """HeadBucket's region."""
    answer = raw.send("HEAD", f"/{raw.bucket}")
    told = answer.headers.get("x-amz-bucket-region", "none")
    return Seen(answer=answer, fails=told == "none", told=f"x-amz-bucket-region: {told}")


def compressed(raw: Raw) -> Seen:
    """An object of text to a client that takes gzip."""
    body = b"text " * 2000
    path = raw.put("text", body, {"Content-Type": "text/plain"})
    back = raw.send("GET", path, added=GZIP)
    told = f"{len(back.body)} of {len(body)} bytes"
    told += f", Content-Encoding: {back.headers.get('content-encoding', 'none')}"
    return Seen(answer=back, fails=back.body != body, told=told)


def compressed_twice(raw: Raw) -> Seen:
    """An object that was stored compressed."""
    body = gzip.compress(b"text " * 200, mtime=0)
    path = raw.put("gzip", body, {"Content-Encoding": "gzip"})
    back = raw.send("GET", path)
    told = f"{len(back.body)} bytes, {len(body)} were stored"
    return Seen(answer=back, fails=back.body != body, told=told)


def whole_range(raw: Raw) -> Seen:
    """A range that is the whole object."""
    answer = raw.send("GET", raw.put("ranged", SMALL), headers={"Range": "bytes=0-"})
    return Seen(answer=answer, fails=answer.status != 206)


# Limits.


def long_metadata(raw: Raw) -> Seen:
    """Metadata of more than 2 KiB."""
    headers = {"x-amz-meta-long": "m" * 2049}
    return taken(raw.send("PUT", f"/{raw.bucket}/meta", headers=headers, body=SMALL))


def many_keys(raw: Raw) -> Seen:
    """DeleteObjects of 1001 keys."""
    listed = "".join(f"<Object><Key>k{number}</Key></Object>" for number in range(1001))
    body = f"<Delete>{listed}</Delete>".encode()
    return taken(raw.send("POST", f"/{raw.bucket}", "delete=", headers=md5(body), body=body))


def long_key(raw: Raw) -> Seen:
    """A key of 1025 bytes."""
    key = "/".join(["k" * 204] * 5)
    return taken(raw.send("PUT", f"/{raw.bucket}/{key}k", body=SMALL))


# Cross-origin requests.


def _cors(raw: Raw, rule: str) -> str:
    bucket = raw.new_bucket()
    whole = f"<CORSConfiguration><CORSRule>{rule}</CORSRule></CORSConfiguration>"
    _configure(raw, bucket, "cors", whole.encode())
    return bucket


RULE = f"<AllowedOrigin>{ORIGIN}</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"


def no_cors(raw: Raw) -> Seen:
    """A bucket's rules for other origins."""
    whole = f"<CORSConfiguration><CORSRule>{RULE}</CORSRule></CORSConfiguration>"
    answer = _configure(raw, raw.bucket, "cors", whole.encode())
    return Seen(answer=answer, fails=not answer.ok)


def exposed(raw: Raw) -> Seen:
    """Headers exposed by a rule that exposes none."""
    path = raw.put("c", SMALL, bucket=_cors(raw, RULE))
    answer = raw.send("GET", path, added={"Origin": ORIGIN})
    return _header(answer, "Access-Control-Expose-Headers", None)


def other_origin(raw: Raw) -> Seen:
    """A request from an origin that no rule names."""
    path = raw.put("c", SMALL, bucket=_cors(raw, RULE))
    answer = raw.send("GET", path, added={"Origin": "https://b.example"})
    return _header(answer, "Access-Control-Allow-Origin", None)


def other_header(raw: Raw) -> Seen:
    """A preflight for a header that no rule names."""
    bucket = _cors(raw, f"{RULE}<AllowedHeader>x-one</AllowedHeader>")
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-other",
    }
    answer = raw.send("OPTIONS", f"/{bucket}/c", anonymous=True, added=asked)
    told = answer.headers.get("access-control-allow-origin", "none")
    return Seen(answer=answer, fails=answer.ok, told=f"Access-Control-Allow-Origin: {told}")


def preflight(raw: Raw) -> Seen:
    """A preflight that a rule allows, of an object that is there."""
    path = raw.put("c", SMALL, bucket=_cors(raw, RULE))
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = raw.send("OPTIONS", path, anonymous=True, added=asked)
    return Seen(answer=answer, fails=not answer.ok)


# Policies.


def _denied(raw: Raw, headers: Mapping[str, str], effects: tuple[str, ...]) -> Seen:
    bucket = raw.new_bucket()
    raw.send("DELETE", f"/{bucket}", "publicAccessBlock=")
    owners = b"<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
    _configure(raw, bucket, "ownershipControls", owners + b"</OwnershipControls>")
    path = raw.put("denied", SMALL, headers, bucket=bucket)
    statements = [
        {
            "Effect": effect,
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }
        for effect in effects
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()
    put = _configure(raw, bucket, "policy", policy)
    answer = raw.send("GET", path, anonymous=True)
    return Seen(answer=answer, fails=put.ok and answer.ok, told=f"after PutBucketPolicy: {put}")


def denied_and_allowed(raw: Raw) -> Seen:
    """An object that a policy both allows and denies."""
    return _denied(raw, {}, ("Allow", "Deny"))


def denied_and_open(raw: Raw) -> Seen:
    """An object that an ACL opens and a policy denies."""
    return _denied(raw, {"x-amz-acl": "public-read"}, ("Deny",))


# Lifecycles.


def _lifecycle(raw: Raw, status: str, where: str, action: str) -> tuple[str, Answer]:
    bucket = raw.new_bucket()
    rule = f"<ID>r</ID><Filter>{where}</Filter><Status>{status}</Status>{action}"
    whole = f"<LifecycleConfiguration><Rule>{rule}</Rule></LifecycleConfiguration>"
    return bucket, _configure(raw, bucket, "lifecycle", whole.encode())


PREFIX = "<Prefix>p/</Prefix>"
EXPIRE = "<Expiration><Days>60</Days></Expiration>"
ABORT = (
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>6</DaysAfterInitiation>"
    "</AbortIncompleteMultipartUpload>"
)


def expiration(raw: Raw) -> Seen:
    """The date on which a rule will delete an object."""
    bucket, _ = _lifecycle(raw, "Enabled", PREFIX, EXPIRE)
    answer = raw.send("HEAD", raw.put("p/a", SMALL, bucket=bucket))
    told = answer.headers.get("x-amz-expiration", "none")
    return Seen(answer=answer, fails=told == "none", told=f"x-amz-expiration: {told}")


def disabled(raw: Raw) -> Seen:
    """The same of a rule that is disabled."""
    bucket, _ = _lifecycle(raw, "Disabled", PREFIX, EXPIRE)
    answer = raw.send("HEAD", raw.put("p/a", SMALL, bucket=bucket))
    return _header(answer, "x-amz-expiration", None)


def abort_date(raw: Raw) -> Seen:
    """The date on which a rule will abort an upload."""
    bucket, _ = _lifecycle(raw, "Enabled", PREFIX, ABORT)
    answer = raw.send("POST", f"/{bucket}/p/a", "uploads=")
    told = answer.headers.get("x-amz-abort-date", "none")
    return Seen(answer=answer, fails=told == "none", told=f"x-amz-abort-date: {told}")


def abortion(raw: Raw) -> Seen:
    """A rule that aborts uploads."""
    _, answer = _lifecycle(raw, "Enabled", PREFIX, ABORT)
    return Seen(answer=answer, fails=not answer.ok)


# Addresses.


def two_dots(raw: Raw) -> Seen:
    """A bucket with two dots in a row in its name."""
    return taken(raw.send("PUT", f"/{raw.bucket}..two"))


# Forms.


def _form(raw: Raw, key: str, conditions: list[object], fields: Mapping[str, str] = {},
          *, spoil: bool = False) -> Answer:  # fmt: skip
    return raw.post(key, conditions, fields, SMALL, spoil=spoil)


def filename(raw: Raw) -> Seen:
    """A key with the file's name in it."""
    sent = _form(raw, "f/${filename}", [["starts-with", "$key", "f/"]])
    back = raw.send("GET", f"/{raw.bucket}/f/file.txt")
    return Seen(answer=sent, fails=back.body != SMALL, told=f"then GET f/file.txt: {back}")


def disposition(raw: Raw) -> Seen:
    """A form's Content-Disposition."""
    fields = {"Content-Disposition": "attachment"}
    sent = _form(raw, "d", [{"key": "d"}, fields], fields)
    told = raw.send("HEAD", f"/{raw.bucket}/d").headers.get("content-disposition", "none")
    return Seen(answer=sent, fails=told != "attachment", told=f"Content-Disposition: {told}")


def other_key(raw: Raw) -> Seen:
    """Another key than the policy's."""
    return taken(_form(raw, "other", [{"key": "promised"}]))


def forged_form(raw: Raw) -> Seen:
    """A form with another signature."""
    return taken(_form(raw, "forged", [{"key": "forged"}], spoil=True))


CASES = (
    Case(row="HTTP/bad-continuation-token",
         servers=("ceph_rgw", "seaweedfs", "versitygw", "moto_server", "localstack"),
         right="a 4xx", show=bad_token),
    Case(row="HTTP/bucket-region", servers=("ceph_rgw", "minio", "seaweedfs"),
         right="x-amz-bucket-region", show=bucket_region),
    Case(row="HTTP/accept-encoding", servers=("r2_local",), right="the bytes as stored",
         show=compressed),
    Case(row="HTTP/content-encoding", servers=("r2_local",), right="the bytes as stored",
         show=compressed_twice),
    Case(row="HTTP/range-is-206", servers=("rclone",), right="206", show=whole_range),
    Case(row="Limit/metadata-2-kb", servers=("ceph_rgw", "seaweedfs", "localstack", "r2_local"),
         right="refused", show=long_metadata),
    Case(row="Limit/delete-1000-keys", servers=("versitygw", "localstack", "juicefs"),
         right="refused", show=many_keys),
    Case(row="Limit/key-1024-bytes", servers=("versitygw", "ministack", "juicefs"),
         right="refused", show=long_key),
    Case(row="CORS/expose-headers", servers=("versitygw",),
         right="no Access-Control-Expose-Headers", show=exposed),
    Case(row="CORS/simple-request", servers=("moto_server",),
         right="no Access-Control-Allow-Origin", show=other_origin),
    Case(row="CORS/header-case", servers=("seaweedfs",), right="refused", show=other_header),
    Case(row="CORS/preflight", servers=("moto_server",), right="served", show=preflight),
    Case(row="CORS/preflight", servers=("minio", "juicefs", "r2_local"), right="stored",
         show=no_cors),
    Case(row="Policy/allow-and-deny", servers=("localstack",), right="refused",
         show=denied_and_allowed),
    Case(row="Policy/deny-and-acl", servers=("localstack", "ministack"), right="refused",
         show=denied_and_open),
    Case(row="Lifecycle/expiration-header", servers=("seaweedfs", "moto_server", "ministack"),
         right="x-amz-expiration", show=expiration),
    Case(row="Lifecycle/expiration-header", servers=("localstack",), right="no x-amz-expiration",
         show=disabled),
    Case(row="Lifecycle/abort-date", servers=("seaweedfs", "localstack"),
         right="x-amz-abort-date", show=abort_date),
    Case(row="Lifecycle/abort-incomplete-upload", servers=("minio", "juicefs"),
         right="stored", show=abortion),
    Case(row="Address/bucket-with-dots", servers=("versitygw", "moto_server", "garage", "s3proxy"),
         right="refused", show=two_dots),
    Case(row="PostForm/filename", servers=("versitygw", "s3s_fs"),
         right="stored under the file's name", show=filename),
    Case(row="PostForm/stored-headers", servers=("ceph_rgw",), right="the form's header",
         show=disposition),
    Case(row="PostForm/starts-with", servers=("moto_server",), right="refused", show=other_key),
    Case(row="PostForm/policy", servers=("localstack", "moto_server"), right="refused",
         show=forged_form),
)  # fmt: skip
