"""The shape of the results file, as a type checker knows it; the schema says the same."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from conformance.s3.exchange import Exchange


class Repeat(TypedDict):
    """What one of several observations of a row found."""

    observed: str
    hazard: str | None
    reason: str


class StoredCheck(TypedDict):
    """One named check of a row; `exchanges` are positions in the row's own."""

    id: str
    weight: str
    outcome: str
    expected: str
    observed: str
    source: str
    hazard: str | None
    exchanges: list[int]


class ResultRow(TypedDict):
    """One claim of the matrix and what was found. The first seven fields are the claim.

    `refusal` is there where the documentation names the error that an unimplemented row gets.
    `repeats` is there where the row was observed more than once. Where their words differ the row
    is flaky, and `observed` is what `judge.settle` makes of that.
    """

    id: str
    level: str
    operation: str
    group: str | None
    feature: str | None
    documented: str
    note: str | None
    refusal: NotRequired[str]
    observed: str
    decided_by: str
    divergence: str
    hazard: str | None
    reason: str
    promise: str | None
    checks: list[StoredCheck]
    quirks: int
    seconds: float
    exchanges: list[Exchange]
    repeats: NotRequired[list[Repeat]]


class Spec(TypedDict):
    """Which matrix was run: its file's name and digest, and the page it transcribes."""

    name: str
    vendor: str
    source: str
    published: str | None
    retrieved: str | None
    sha256: str


class StoredIncident(TypedDict):
    """One kind of trouble with the endpoint: how often, and when first and last (ISO 8601, UTC)."""

    what: str
    times: int
    first: str
    last: str


class Unsteady(TypedDict):
    """That the endpoint was unsteady, and how many observations of rows did not count for it."""

    repeated: int
    incidents: list[StoredIncident]


class Shard(TypedDict):
    """Which part of a run: of its rows every `count`-th, beginning with row `index` of 1."""

    index: int
    count: int


class Run(TypedDict):
    """When and with what; `interrupted` says why a run is not complete.

    `unsteady` is there where the endpoint was.
    """

    suite_version: str
    libraries: dict[str, str]
    started: str
    seconds: float
    spec: Spec
    interrupted: str | None
    warnings: list[str]
    unsteady: NotRequired[Unsteady]
    shard: NotRequired[Shard]


class Product(TypedDict, total=False):
    """What was tested and who answers for the results, in the user's words."""

    vendor: str
    name: str
    version: str
    contact: str


class EndpointInfo(TypedDict):
    """Who answered. `url` holds no credentials; `label` is the user's own name for it."""

    url: str
    server: str | None
    region: str | None
    label: str | None
    product: NotRequired[Product]


class Summary(TypedDict):
    """How many rows got each word; every word is present, with 0 where no row got it."""

    observed: dict[str, int]
    divergence: dict[str, int]
    hazards: int
    quirks: int
    rows: int


class Document(TypedDict):
    """The results file."""

    schema_version: int
    complete: bool
    run: Run
    endpoint: EndpointInfo
    summary: Summary
    rows: list[ResultRow]
