"""One vendor's table as a matrix: what each mark and remark becomes."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from conformance import probes
from conformance.matrix.names import known_names
from conformance.probing import PROBES
from conformance.s3.operations import OPERATIONS, operation_named

TABLES: Final = sorted(Path(__file__).parent.glob("*.yaml"))
# By name in `specs/`.
SHIPPED: Final = {
    "ibm-cos": "ibm-cos.yaml",
    "localstack": "localstack.yaml",
    "mega-s4": "mega-s4.yaml",
    "noobaa": "noobaa-backingstore.yaml",
    "ontap": "netapp-ontap-s3.yaml",
    "otc-obs": "open-telekom-cloud-obs.yaml",
    "ovhcloud": "ovhcloud-regions.yaml",
    "storagegrid": "netapp-storagegrid.yaml",
    "storj": "storj.yaml",
    "swift": "openstack-swift-s3api.yaml",
    "yandex": "yandex-object-storage.yaml",
}
AWS: Final = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
PAGES: Final = {"PostObject": "RESTObjectPOST.html"}

_VALUE: Final = re.compile(r"value of ([\w-]+)")
_REFUSAL: Final = re.compile(r"documented answer: (\d{3}|[A-Z]\w+)\b")
_NO_EFFECT: Final = "without effect"


def made(table: Path) -> str:
    """The matrix of a table, as the text of its file."""
    source = yaml.safe_load(table.read_text(encoding="utf-8"))
    return "\n".join([*_head(table, source), *_operations(source["operations"])]) + "\n"


def _head(table: Path, source: Mapping[str, Any]) -> Iterator[str]:
    legend = source["legend"]
    marks = (
        "; ".join(f"{mark} = {word}" for mark, word in legend.items())
        if isinstance(legend, dict)
        else legend
    )
    said = [
        f"Made from tests/vendor_tables/{table.name} by `python -m tests.vendor_tables`.",
        *([f"Read from {source['place']}."] if "place" in source else []),
        f"What each mark became: {marks}.",
        *_remarks(source["operations"]),
        "The source lists every operation."
        if source["complete"]
        else "The source lists what is supported; what it does not mention has no row.",
        "Claims about responses and bodies are left out.",
    ]
    for line in said:
        yield from textwrap.wrap(line, 98, initial_indent="# ", subsequent_indent="#   ")
    yield "s3-conformance: 1"
    yield f"vendor: {json.dumps(source['vendor'], ensure_ascii=False)}"
    yield f"source: {source['url']}"
    for key in ("published", "retrieved"):
        if key in source:
            yield f"{key}: {source[key]}"


def _remarks(operations: Mapping[str, Any]) -> Iterator[str]:
    """What became of remarks that say more than the mark."""
    features = [it for each in operations.values() for it in each.get("features", {}).values()]
    if any(_NO_EFFECT in it for it in features):
        yield 'A feature that is "accepted but without effect" became no-effect.'
    if any(_REFUSAL.search(it) for it in features):
        yield "A documented answer of an unsupported feature became refused-with."


def _operations(operations: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "operations:"
    claims = {name: entry.get("claim", entry) for name, entry in operations.items()}
    levels = {name: claim.get("level") or _level(name) for name, claim in claims.items()}
    for level in ("bucket", "object"):
        names = [name for name in operations if (levels[name] == "object") == (level == "object")]
        if names:
            yield f"  {level}:"
        for name in names:
            yield from _operation(name, claims[name], operations[name].get("features", {}))


def _level(name: str) -> str:
    if name in OPERATIONS:
        return "object" if OPERATIONS[operation_named(name)].target == "key" else "bucket"
    return "bucket" if "Bucket" in name else "object"


def _operation(name: str, claim: Mapping[str, str], features: Mapping[str, str]) -> Iterator[str]:
    yield f"    {name}:"
    yield f"      status: {claim['status']}"
    if name not in known_names().operations:
        yield "      extension: true"
    elif name in _described():
        yield f"      docs: {AWS}{PAGES.get(name, f'API_{name}.html')}"
    if note := _note(claim):
        yield f"      note: {_text(note)}"
    if features:
        yield "      features:"
        yield "        - members:"
    for feature, said in features.items():
        yield f"            {_key(feature)}: {_feature(name, feature, said)}"


def _note(claim: Mapping[str, str]) -> str | None:
    since = f"since {claim['since']}" if "since" in claim else None
    told = claim.get("note")
    if told is None and claim["status"] in ("partial", "experimental"):
        told = claim.get("published_as")
    return "; ".join(filter(None, (since, told))) or None


def _feature(operation: str, feature: str, said: str) -> str:
    word, _, remark = said.partition(": ")
    entry = {"status": word}
    if value := _VALUE.search(remark):
        entry["value-of"] = value[1]
    if word == "unimplemented" and _NO_EFFECT in remark:
        entry["status"] = "no-effect"
    if word == "unimplemented" and (refusal := _REFUSAL.search(remark)):
        entry["refused-with"] = refusal[1]
    if _is_extension(operation, feature) and not value:
        entry["extension"] = "true"
    if remark and not value:
        entry["note"] = _text(remark)
    if len(entry) == 1:
        return entry["status"]
    return "{" + ", ".join(f"{key}: {text}" for key, text in entry.items()) + "}"


def _is_extension(operation: str, feature: str) -> bool:
    if f"{operation}/{feature}" in _probed() or feature.startswith("x-amz-meta-"):
        return False
    return feature not in known_names().features


@cache
def _probed() -> frozenset[str]:
    probes.load_all()
    return frozenset(PROBES)


@cache
def _described() -> frozenset[str]:
    """Operations that the API reference has a page for."""
    from botocore.loaders import Loader  # noqa: PLC0415 - half a second, only if used

    model: Any = Loader().load_service_model("s3", "service-2")
    return frozenset({*model["operations"], *PAGES})


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
