"""What a bucket must have before a configuration can be put, and what AWS answers of a new one."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.probing import Comparison, Workbench, holds
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


def with_log_target(bench: Workbench, place: Place) -> Place:
    """Logs go to another bucket, which the logging service may write to.

    Some stores refuse a bucket as its own target, and AWS one that the service may not write to.
    """
    if bench.sandbox.user_buckets:
        target = bench.second_bucket
        if target == place.bucket:
            return _allow_logs(bench, replace(place, destination=target))
        return replace(place, destination=target)
    return replace(place, destination=bench.shared("a bucket for logs", _log_bucket))


def _log_bucket(bench: Workbench) -> str:
    return _allow_logs(bench, Place(bucket="none", destination=bench.new_bucket())).destination


def _allow_logs(bench: Workbench, place: Place) -> Place:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{place.destination}/*",
    }
    body = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    bench.attempt(put_policy(place.destination, body))
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

    def default(_: Workbench, answer: Response) -> Comparison:
        value = answer.text(path)
        name = path.rpartition("/")[2]
        text = f"{answer.describe()} with {name} {value}" if value else f"no {name}"
        return holds(value in texts, text, answer)

    return default


def empty(_: Workbench, answer: Response) -> Comparison:
    """The document has no element."""
    found = ", ".join(child.tag for child in answer.xml)
    return holds(not found, f"{answer.describe()} with {found or 'nothing'}", answer)


def granted_acl(_: Workbench, answer: Response) -> Comparison:
    """The ACL names an owner, and grants the owner something."""
    owner = answer.text("Owner/ID")
    granted = owner in answer.texts("AccessControlList/Grant/Grantee/ID")
    text = f"{answer.describe()} with Owner {owner}" + ("" if granted else " and no grant to it")
    return holds(bool(owner) and granted, text, answer)


def owned_acl(bench: Workbench, answer: Response) -> Comparison:
    """The same, and the owner is the one that ListBuckets names."""
    granted = granted_acl(bench, answer)
    listing = bench.effect(Call(operation="ListBuckets"))
    owner = listing.text("Owner/ID")
    text = f"{granted.text}, and {owner} from ListBuckets"
    return holds(granted.held and answer.text("Owner/ID") == owner, text, answer, listing)
