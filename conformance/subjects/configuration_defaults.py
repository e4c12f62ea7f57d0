"""What a bucket must have before a configuration can be put, and what AWS answers of a new one."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.probing import Proof, Seen, Workbench, shows
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.bucket_configuration import Default, Place
from conformance.subjects.configuration_bodies import (
    put_policy,
    put_versioning,
)


def with_owner(bench: Workbench, place: Place) -> Place:
    """The place with its owner's canonical id, as GetBucketAcl reports it."""
    answer = bench.attempt(Call(operation="GetBucketAcl", bucket=place.bucket))
    owner = answer.text("Owner/ID") or ""
    return replace(place, owner=owner, lacks="" if owner else f"no owner: {_said(answer)}")


def with_log_permission(bench: Workbench, place: Place) -> Place:
    """AWS refuses a target bucket that the logging service may not write to."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{place.bucket}/*",
    }
    body = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    bench.attempt(put_policy(place.bucket, body))
    return place


def _said(answer: Response) -> str:
    return f"{answer.call.operation} answered {answer.describe()}"


def with_versioned_destination(bench: Workbench, place: Place) -> Place:
    """Replication is from one versioned bucket to another."""
    answer = bench.attempt(put_versioning(place.bucket))
    if not answer.ok:
        place = replace(place, lacks=f"the bucket is not versioned: {_said(answer)}")
    if bench.sandbox.user_buckets:
        return replace(place, destination=bench.second_bucket)
    return replace(place, destination=bench.shared("a versioned bucket", _versioned_bucket))


def _versioned_bucket(bench: Workbench) -> str:
    bucket = bench.new_bucket()
    bench.attempt(put_versioning(bucket))
    return bucket


def says(path: str, *texts: str | None) -> Default:
    """One element must have one of these texts; None is for its absence."""

    def default(_: Workbench, answer: Response) -> Proof:
        said = answer.text(path)
        seen = f"{answer.call.operation} says {path.rpartition('/')[2]} {said or 'not at all'}"
        return shows(said in texts, seen, seen, otherwise=Seen.WRONG)

    return default


def owned_acl(bench: Workbench, answer: Response) -> Proof:
    """The ACL names the owner as ListBuckets does."""
    owner = bench.effect(Call(operation="ListBuckets")).text("Owner/ID")
    said = answer.text("Owner/ID")
    granted = said in answer.texts("AccessControlList/Grant/Grantee/ID")
    seen = f"{answer.call.operation} says Owner {said}, and ListBuckets {owner}"
    return shows(
        bool(said) and said == owner and granted,
        seen,
        seen if granted else f"{seen}; no grant to the owner",
        otherwise=Seen.WRONG,
    )
