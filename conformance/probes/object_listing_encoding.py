"""The parameter encoding-type of the listings of objects."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_plus

from conformance.probing import (
    Check,
    OperationName,
    Workbench,
    api,
    core,
    detail,
    family,
    holds,
    promise,
    refused,
)
from conformance.subjects import listed_objects, listings

V1: Final = "ListObjects"
BOTH: Final[tuple[OperationName, ...]] = (V1, "ListObjectsV2")
START: Final = {V1: ("marker", "Marker"), "ListObjectsV2": ("start-after", "StartAfter")}
# After both keys that begin with a; a delimiter and a marker that an URL cannot hold as they are.
DELIMITER: Final = " b/"
AFTER: Final = "a ü+"


def _checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    start = START[operation][1]
    checks = [
        core("key", "the key URL-encoded with it, and as it was put without it", page),
        promise("encoding-type", "EncodingType url", page),
        promise("prefix", "Prefix URL-encoded", page),
        promise("common-prefixes", "CommonPrefixes URL-encoded", page),
        promise("delimiter", "Delimiter URL-encoded", page),
        promise("odd-names", "keys that, decoded once, are those that were put", page),
        detail("start", f"{start} URL-encoded", page),
        detail("other-value", "a refusal of encoding-type=xml", page),
        detail("unasked", "no EncodingType without it", page),
    ]
    if operation == V1:
        checks.append(promise("next-marker", "NextMarker, if there is one, URL-encoded", page))
    return checks


@family("encoding-type", operations=BOTH, checks=_checks)
def encoding_type(bench: Workbench, operation: OperationName, flag: str) -> None:
    """URL-encode keys, and what else is part of a key, and say so in EncodingType."""
    ours = listed_objects.odd_folder(bench)
    key, common = ours.prefix + listings.ODD_NAME, ours.prefix + "ä b/"

    encoded = bench.treat(ours.listing(operation, under=listings.ODD_NAME, encoding_type="url"))
    bench.accepted(encoded, flag)
    plain = bench.control(ours.listing(operation, under=listings.ODD_NAME))
    bench.check("key", listings.key_encoded(key, encoded, plain, listed_objects.KEY))
    bench.check("encoding-type", listings.has_element(encoded, "EncodingType", "url"))
    bench.check("unasked", listings.has_element(plain, "EncodingType", None))
    bench.check("prefix", listings.url_encoded(encoded, encoded.text("Prefix"), key))

    parameter, element = START[operation]
    start = ours.prefix + AFTER
    rolled = bench.effect(
        ours.listing(operation, delimiter=DELIMITER, encoding_type="url", **{parameter: start})
    )
    bench.check("delimiter", listings.url_encoded(rolled, rolled.text("Delimiter"), DELIMITER))
    bench.check("start", listings.url_encoded(rolled, rolled.text(element), start))
    if operation == V1:
        page = bench.effect(
            ours.listing(V1, delimiter="/", encoding_type="url", max_keys="2", marker=ours.prefix)
        )
        marker = page.text("NextMarker")
        if marker is None:
            bench.skip("next-marker", because="the truncated page has no NextMarker")
        else:
            # A marker may say more than the key, but must not hold it as it is.
            raw = marker.startswith(key)
            bench.check("next-marker", holds(not raw, f"NextMarker {marker!r}", page))

    folders = bench.effect(ours.listing(operation, delimiter="/", encoding_type="url"))
    bench.check(
        "common-prefixes",
        listings.url_encoded(folders, folders.text(listed_objects.PREFIXES), common),
    )
    keys = [
        unquote_plus(key).removeprefix(ours.prefix) for key in folders.texts(listed_objects.KEY)
    ]
    right = [name for name in ours.names if "/" not in name]
    bench.check("odd-names", listings.lists(folders, keys, right))
    other = bench.effect(ours.listing(operation, encoding_type="xml"))
    bench.check("other-value", refused(other))
