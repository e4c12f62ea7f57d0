"""One run: the user's settings, the endpoint they describe, and the observer of the process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError

from conformance.errors import EndpointError
from conformance.neutral import SAID
from conformance.results import Unsteady, unsteady
from conformance.run import preflight
from conformance.run.embedded import embedded, require_installed
from conformance.run.observer import Observer
from conformance.run.spoken import spoken
from conformance.s3.client import Client, Deadlines
from conformance.s3.endpoint import Credentials, Endpoint, parse_url
from conformance.s3.redact import Redactor
from conformance.sandbox import ledger
from conformance.sandbox.cleanup import Cleaner
from conformance.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

HIDDEN: Final = (
    "something between here and the server puts pages of HTML in place of S3's errors, so their "
    "codes are not seen; where a code would decide, the row is unknown"
)
DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The user's settings, named like the options.

    Attributes:
        endpoint_url: None for the embedded endpoint.
        region: None for what boto3 finds.
        profile: of boto3's configuration; None for its default chain.
        alt_profile: another account's profile.
        account_id: the main account's id.
        kms_key_id: a key the main account may use.
        destination_arn: of a topic, queue or function that events may be sent to.
        buckets: given buckets to stay inside.
        allow_bucket_config: the given buckets may be configured.
        addressing: bucket in the path or in the host name.
        verify: False, True or a CA bundle's path.
        timeout: seconds to wait for the next byte of a response.
        wait: seconds to wait for an endpoint that is still starting.
        jobs: rows observed at a time.
        repeat: how often each row is observed.
    """

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    alt_profile: str | None = None
    account_id: str | None = None
    kms_key_id: str | None = None
    destination_arn: str | None = None
    buckets: tuple[str, ...] = ()
    allow_bucket_config: bool = False
    addressing: Literal["path", "virtual"] = "path"
    verify: bool | str = True
    timeout: float = 30.0
    wait: float = 0.0
    jobs: int = 8
    repeat: int = 1

    @property
    def deadlines(self) -> Deadlines:
        return Deadlines(connect=min(10.0, self.timeout), read=self.timeout, total=3 * self.timeout)


@contextmanager
def open_endpoint(settings: Settings) -> Iterator[Endpoint]:
    """The endpoint that the settings describe; the embedded one lives as long as the context.

    Raises:
        EndpointError: the URL, a profile or the credentials cannot be used.
    """
    if settings.endpoint_url is None:
        if settings.buckets:
            raise EndpointError(
                "--bucket needs --endpoint-url: the embedded endpoint has no buckets of yours"
            )
        with embedded() as endpoint:
            yield endpoint
        return
    url = parse_url(settings.endpoint_url)
    credentials, region = _boto3(settings.profile, "--profile")
    alt = _boto3(settings.alt_profile, "--alt-profile")[0] if settings.alt_profile else None
    if alt == credentials:
        raise EndpointError(
            "--alt-profile has the access key of the main account; give a second account's profile"
        )
    yield Endpoint(
        url=url,
        region=region if settings.region is None else settings.region,
        credentials=credentials,
        alt=alt,
        account_id=settings.account_id,
        kms_key_id=settings.kms_key_id,
        destination_arn=settings.destination_arn,
        addressing=settings.addressing,
        verify=settings.verify,
    )


def known_keys() -> list[Credentials]:
    """The credentials boto3 finds by default; none if there are none."""
    try:
        return [_boto3(None, "--profile")[0]]
    except EndpointError:
        return []


def region_of(settings: Settings) -> str:
    """The region that requests are signed for."""
    if settings.region is not None:
        return settings.region
    if settings.endpoint_url is None:
        return DEFAULT_REGION
    return _boto3(settings.profile, "--profile")[1]


def endpoint_of(profile: str) -> str:
    """The endpoint of S3 that boto3 finds for a profile; AWS's own where it names none.

    Raises:
        EndpointError: there is no such profile.
    """
    import boto3  # noqa: PLC0415 - collecting needs no endpoint

    try:
        return str(boto3.Session(profile_name=profile).client("s3").meta.endpoint_url)
    except (BotoCoreError, ValueError) as error:
        raise EndpointError(f"--profiles {profile}: {error}") from error


def _boto3(profile: str | None, option: str) -> tuple[Credentials, str]:
    """Credentials and region as boto3 finds them."""
    import boto3  # noqa: PLC0415 - collecting needs no credentials

    try:
        session = boto3.Session(profile_name=profile)
        found = session.get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except BotoCoreError as error:
        raise EndpointError(f"{option} {profile or 'default'}: {error}") from error
    if frozen is None or not frozen.access_key or not frozen.secret_key:
        raise EndpointError(
            "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile"
        )
    fixed = _fixed(frozen)
    renews = isinstance(found, RefreshableCredentials)
    credentials = replace(fixed, renew=lambda: _fixed(found.get_frozen_credentials()))
    return credentials if renews else fixed, session.region_name or DEFAULT_REGION


def _fixed(frozen: ReadOnlyCredentials) -> Credentials:
    return Credentials(
        access_key=frozen.access_key, secret_key=frozen.secret_key, token=frozen.token
    )


def require_usable(settings: Settings) -> str | None:
    """Check before the first row that the endpoint can be observed.

    Returns:
        What the endpoint calls itself, if it does; None for the embedded endpoint, which needs no
        check.

    Raises:
        EndpointError: it cannot; one sentence says why, and what may help.
    """
    if settings.endpoint_url is None and not settings.buckets:
        require_installed()
        return None
    with open_endpoint(settings) as endpoint:
        client = Client(endpoint, Redactor(), settings.deadlines)
        if settings.wait:
            preflight.wait_until_ready(client, settings.wait)
        try:
            first = preflight.require_usable(client, settings.buckets)
        except EndpointError as error:
            raise EndpointError(spoken(str(error), client.redactor)) from error
        server = first.header("Server") if first else None
        return None if server is None else spoken(server, client.redactor, SAID)


def clean_up_after(settings: Settings, token: str) -> list[str]:
    """Remove what processes of one run left that ended before they could do so themselves.

    Args:
        settings: of the run.
        token: the run's id, with which the ids of its processes begin.

    Returns:
        One sentence for each thing that could not be removed.
    """
    left = [book for book in ledger.left_behind() if book.run.startswith(token)]
    if not left:
        return []
    warnings: list[str] = []
    with open_endpoint(settings) as endpoint, ThreadPoolExecutor(settings.jobs) as pool:
        client = Client(endpoint, Redactor(), settings.deadlines)
        cleaner = Cleaner(client, pool)
        for book in left:
            problems = cleaner.clean(
                book.entries, settings.buckets, run=book.run, refused=book.refused
            )
            if not problems:
                book.path.unlink(missing_ok=True)
            warnings += [spoken(text, client.redactor) for text in problems]
    return warnings


class ObservingSession:
    """The endpoint, sandbox and observer of one process, created on first use."""

    def __init__(self, settings: Settings, *, worker: str = "", token: str = "") -> None:
        self._context = open_endpoint(settings)
        self.endpoint = self._context.__enter__()
        self.jobs = settings.jobs
        self.client = Client(self.endpoint, Redactor(), settings.deadlines)
        self.sandbox = Sandbox(
            self.client,
            given=settings.buckets,
            may_configure=settings.allow_bucket_config,
            worker=worker,
            token=token,
        )
        self.observer = Observer(self.sandbox, settings.jobs, settings.repeat)

    @property
    def unsteady(self) -> Unsteady | None:
        """What was noted of an unsteady endpoint."""
        return unsteady(self.client.incidents.noted, self.observer.steadiness.repeated)

    def stop(self) -> None:
        """Send nothing more for any row."""
        self.sandbox.stop()

    def close(self) -> list[str]:
        """Stop observing, remove what was created, and say what could not be removed."""
        gone = self.observer.gone
        self.stop()
        self.observer.close()
        remarks = [HIDDEN] if self.client.hides_errors else []
        try:
            if self.endpoint.embedded:
                self.sandbox.ledger.close(keep=False)
                return remarks
            if gone:
                self.sandbox.ledger.close(keep=True)
                text = f"the endpoint stopped responding before clean-up; {later(self.endpoint)}"
                return [*remarks, text]
            left = self.sandbox.clean(max(self.jobs, 1))
            return [*remarks, *(spoken(text, self.client.redactor) for text in left)]
        finally:
            self._context.__exit__(None, None, None)


def ways_out(settings: Settings) -> str:
    """What to try where nothing was observed, as a clause; empty where nothing is known to help."""
    if settings.endpoint_url is None:
        return ""
    said = preflight.ways_out(settings.endpoint_url, settings.addressing, settings.buckets)
    return f"; {said}"


def later(endpoint: Endpoint) -> str:
    """How to remove what a run could not."""
    return f"later, run: s3-conformance clean --endpoint-url {endpoint.url}"
