"""One row broken, all others left alone.

*ignore*: the row's flag is stripped before the server sees it, an operation is nodded at.
*refuse*: 501 that names it. *damage*: the effect is wrong in a plausible way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from conformance.matrix import TOPICS
from conformance.probes.storage_class import OTHERS, STANDARD
from conformance.s3.recognise import operations_of, target_of
from conformance.serve.http import Answer, Request, error
from conformance.subjects.customer_keys import HEADER, SOURCE_HEADER, names
from conformance.verdict import Observed
from tests.mutants.damages import damages
from tests.mutants.damaging import Behind, Respond, headed, with_header
from tests.mutants.words import right_words

IGNORE: Final = "ignore"
REFUSE: Final = "refuse"
DAMAGE: Final = "damage"
KINDS: Final = (IGNORE, REFUSE, DAMAGE)

STORAGE_CLASSES: Final = (STANDARD, *OTHERS)
DIRECTIVES: Final = ("MERGE",)
LIFECYCLE: Final = "Object Lifecycle"
ANY: Final = "*"
INSEPARABLE: Final = (
    names(HEADER),
    names(SOURCE_HEADER),
    ("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"),
)
# Whoever ignores a key ignores it where things are stored as well: nothing is encrypted.
KEYS: Final = (*names(HEADER), *names(SOURCE_HEADER))
# To ignore these is done to all requests: no header or parameter of them is the row's.
IN_NO_REQUEST: Final = (LIFECYCLE, "/signing", "/LocationConstraint")
SCOPE: Final = re.compile(r"(Credential=[^/]+/\d+/)([^/]*)/")
CONSTRAINT: Final = re.compile(rb"<LocationConstraint ?/?>([^<]*)")

Touches = Callable[[Request], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One row and how it is broken.

    Attributes:
        row: the id.
        kind: ignore, refuse or damage.
        name: which damage; empty for the other kinds.
        touches: whether a request is about the row.
        respond: how such a request is answered.
        words: the verdicts that are right then.
        spills: it changes what other rows see too, so their verdicts tell nothing.
        memory: what is kept from one request to the next.
        check: the check that must fail, where one is named.
    """

    row: str
    kind: str
    touches: Touches
    respond: Respond
    words: tuple[Observed, ...]
    name: str = ""
    spills: bool = False
    memory: dict[str, Any] = field(default_factory=dict)
    check: str = ""

    @property
    def id(self) -> str:
        """Unique among all mutations: `damage GetObject: off by one`."""
        return f"{self.kind} {self.row}" + (f": {self.name}" if self.name else "")


class Mutator:
    """Makes mutations for requests to one endpoint.

    Args:
        prefix: of the endpoint's paths.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._operations: dict[Request, tuple[str, ...]] = {}

    def operations(self, request: Request) -> tuple[str, ...]:
        """What operations a request may be; found once, for each mutation asks it of all."""
        found = self._operations.get(request)
        if found is None:
            target = target_of(request.path, self._prefix)
            found = operations_of(request.method, target, request.parameters, request.names)
            self._operations[request] = found
        return found

    def make(self, row: str, kind: str) -> Iterator[Mutation]:
        """The mutations of a kind; none where the kind makes no sense for the row."""
        touches = self.touches(row)
        # Nothing in a request says that it is about a behaviour, so all of them are changed, and
        # none can be ignored or refused for it.
        behaviour = row.partition("/")[0] in TOPICS
        if kind == DAMAGE:
            for damage in damages(row):
                everywhere = damage.anywhere or behaviour
                yield Mutation(
                    row=row,
                    kind=kind,
                    name=damage.name,
                    touches=(lambda _: True) if everywhere else touches,
                    respond=damage.respond,
                    words=damage.words,
                    check=damage.check,
                    spills=everywhere,
                )
            return
        if behaviour:
            return
        respond = refusal(row) if kind == REFUSE else ignored(row)
        if respond is not None:
            everywhere = kind == IGNORE and (
                row.endswith(IN_NO_REQUEST) or row.partition("/")[2] in KEYS
            )
            yield Mutation(
                row=row,
                kind=kind,
                touches=(lambda _: True) if everywhere else touches,
                respond=respond,
                words=right_words(row, kind),
                spills=everywhere,
            )

    def touches(self, row: str) -> Touches:
        """Whether a request is about a row."""
        operation, _, feature = row.partition("/")
        if operation == "Region":
            return _region(*feature.split("/"))
        if operation == "Checksum":
            return _checksum(*feature.split("/"))
        if feature:
            carried = carrier(feature)
            return lambda request: operation in self.operations(request) and carried(request)
        return lambda request: operation in self.operations(request)


def _region(name: str, use: str) -> Touches:
    region = "" if name == "empty" else name

    def touches(request: Request) -> bool:
        if use == "signing":
            scope = SCOPE.search(request.header("Authorization") or "")
            return scope is not None and scope[2] == region
        found = CONSTRAINT.search(request.body)
        return found is not None and found[1].decode() == region

    return touches


def _checksum(algorithm: str, kind: str) -> Touches:
    """A cell is about uploads begun with its algorithm and type, and their parts."""
    header = f"x-amz-checksum-{algorithm.lower()}"
    element = f"<Checksum{algorithm}>".encode()

    def touches(request: Request) -> bool:
        if request.header("x-amz-checksum-algorithm") == algorithm:
            return request.header("x-amz-checksum-type") == kind
        of_upload = "uploadId" in request.parameters
        return of_upload and (header in request.names or element in request.body)

    return touches


def flags(feature: str) -> tuple[str, ...]:
    """The headers or parameters of a feature: its own, and those that are nothing without it."""
    if feature in STORAGE_CLASSES:
        return ("x-amz-storage-class",)
    if feature in DIRECTIVES:
        return ("x-amz-metadata-directive",)
    return next((group for group in INSEPARABLE if feature in group), (feature,))


def carrier(feature: str) -> Touches:
    """Whether a request carries a feature."""
    if feature in STORAGE_CLASSES:
        return lambda request: request.header("x-amz-storage-class") == feature
    if feature in DIRECTIVES:
        return lambda request: request.header("x-amz-metadata-directive") == feature
    if feature.endswith(ANY):
        return lambda request: bool(_beginning(request, feature))
    name = feature.lower()
    return lambda request: name in request.names or name in {q.lower() for q in request.parameters}


def _beginning(request: Request, feature: str) -> tuple[str, ...]:
    """The headers of a request that a feature such as `x-amz-meta-*` names."""
    return tuple(name for name in request.names if name.startswith(feature.removesuffix(ANY)))


def refusal(row: str) -> Respond | None:
    """501 that names what it refuses."""
    operation, _, feature = row.partition("/")
    if feature == LIFECYCLE:
        return None  # it is in an answer, so nothing can be refused
    if operation == "Region":
        return lambda _, __: error(400, "InvalidRegionName")
    what = feature or operation
    return lambda _, __: error(501, "NotImplemented", f"{what} not implemented")


def ignored(row: str) -> Respond | None:
    """The request is carried out as if the row had not been asked for."""
    operation, _, feature = row.partition("/")
    if operation == "Region":
        return _in_own_region if feature.endswith("signing") else _without_constraint
    if operation == "Checksum":
        return _without_checksum(feature.partition("/")[0])
    if not feature:
        return lambda request, _: Answer(status=204 if request.method == "DELETE" else 200)
    if feature == STANDARD:
        return None  # it is the default: nothing tells the two apart
    if feature == LIFECYCLE:
        return headed("x-amz-expiration", None)
    names = KEYS if feature in KEYS else flags(feature)
    return lambda request, behind: behind.ask(
        request.without(*(_beginning(request, feature) if feature.endswith(ANY) else names))
    )


def _in_own_region(request: Request, behind: Behind) -> Answer:
    """No signature is looked at, nor the region in it."""
    signature = request.header("Authorization")
    if signature is None:
        return behind.ask(request)
    own = SCOPE.sub(rf"\g<1>{behind.region}/", signature)
    # Whoever signs anew looks at the scope only, so that a forged signature becomes a right one.
    return behind.ask(with_header(request, "Authorization", f"{own} "))


def _without_constraint(request: Request, behind: Behind) -> Answer:
    there = CONSTRAINT.search(request.body) is not None
    return behind.ask(replace(request, body=b"") if there else request)


def _without_checksum(algorithm: str) -> Respond:
    names = (
        "x-amz-checksum-algorithm",
        "x-amz-checksum-type",
        f"x-amz-checksum-{algorithm.lower()}",
    )

    def respond(request: Request, behind: Behind) -> Answer:
        body = re.sub(rb"<Checksum\w+>[^<]*</Checksum\w+>", b"", request.body)
        return behind.ask(replace(request.without(*names), body=body))

    return respond
