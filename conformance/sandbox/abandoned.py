"""What runs have left on an endpoint, found by its name and age where no ledger names it.

Only names of our own form count, and only things older than a given age: a younger one may belong
to a run that is active on another machine. Finding deletes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from conformance.errors import EndpointError
from conformance.s3.client import Client, NoAnswer
from conformance.s3.exchange import Role
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.sandbox.listings import PAGES, Held, Listing, time_of
from conformance.sandbox.names import STEM, run_of_bucket, run_of_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """What one run left in one place.

    Attributes:
        run: its id.
        bucket: a bucket of the run's own, or a given one.
        since: when the youngest thing in it was made.
        held: what is to be removed from a given bucket; empty for a bucket of the run's own, which
            is removed as a whole.
    """

    run: str
    bucket: str
    since: datetime
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search of one endpoint.

    Attributes:
        client: sends the listings.
        age: how old a thing has to be.
        active: ids of runs that are passed over.
    """

    client: Client
    age: timedelta
    active: Collection[str] = ()

    def buckets(self) -> Iterator[Abandoned]:
        """Buckets of runs' own.

        Raises:
            EndpointError: the endpoint's buckets cannot be listed.
        """
        for page in self._bucket_pages():
            before = _now(page) - self.age
            for item in page.xml.findall("Buckets/Bucket"):
                name = item.findtext("Name") or ""
                run, made = run_of_bucket(name), time_of(item.findtext("CreationDate"))
                if run and run not in self.active and made is not None and made < before:
                    yield Abandoned(run=run, bucket=name, since=made)

    def keys(self, bucket: str) -> Iterator[Abandoned]:
        """What runs have left under their prefixes in a bucket that is not theirs.

        Raises:
            EndpointError: the bucket cannot be listed.
        """
        listing = Listing(self.client)
        before = datetime.now(UTC) - self.age
        found = [held for page in listing.versions(bucket, STEM) for held in page]
        listed = listing.complete
        if not any(held.named for held in found):
            found = [held for page in listing.objects(bucket, STEM) for held in page]
            listed = listing.complete
        if not listed:
            raise EndpointError(f"--bucket {bucket}: cannot be listed")
        found += [held for page in listing.uploads(bucket, STEM) for held in page]
        runs: dict[str, list[Held]] = {}
        for held in found:
            if run := run_of_key(held.delete.key):
                runs.setdefault(run, []).append(held)
        for run, all_held in runs.items():
            dates = [held.modified for held in all_held]
            if run in self.active or None in dates:
                continue
            since = max(date for date in dates if date is not None)
            if since < before:
                yield Abandoned(run=run, bucket=bucket, since=since, held=tuple(all_held))

    def _bucket_pages(self) -> Iterator[Response]:
        call, seen = Call(operation="ListBuckets"), set()
        for _ in range(PAGES):
            try:
                page = self.client.send(call, role=Role.SETUP)
            except NoAnswer as trouble:
                raise EndpointError(f"buckets cannot be listed: {trouble}") from trouble
            if not page.ok or page.xml.find("Buckets") is None:
                raise EndpointError(f"buckets cannot be listed: {page.describe()}")
            yield page
            token = page.text("ContinuationToken")
            if not token or token in seen:
                return
            seen.add(token)
            call = call.plus(query={"continuation-token": token})


def names(found: Sequence[Abandoned]) -> Iterator[str]:
    """One line for each thing found, for a user to judge before it is deleted."""
    for each in found:
        since = each.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        if not each.held:
            yield f"bucket {each.bucket}, created {since}"
            continue
        keys = len({held.delete.key for held in each.held})
        yield (
            f"run {each.run} in bucket {each.bucket}: {keys} keys, {len(each.held)} objects, "
            f"versions, delete markers and uploads, the youngest of {since}"
        )


def _now(page: Response) -> datetime:
    """The time by the endpoint's clock or ours, whichever makes things younger."""
    ours = datetime.now(UTC)
    try:
        theirs = parsedate_to_datetime(page.header("Date") or "")
    except ValueError:
        return ours
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return min(ours, theirs + timedelta(seconds=1))  # which the header leaves out
