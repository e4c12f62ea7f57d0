"""Every check has a fault that it must show: a damage that names it, or the row's own ignoring."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conformance import probes
from conformance.matrix import TOPICS, load
from conformance.probing import PROBES
from conformance.verdict import Weight
from tests.mutants.damages import damages

probes.load_all()
SPECS = Path(__file__).parents[2] / "specs"
ROWS = [
    *(row.id for row in load(SPECS / "r2.yaml").rows),
    *(row for row in PROBES if row.partition("/")[0] in TOPICS),
]
# Checks of weight promise or detail that no damage names yet. A core check may do without: the
# mutant that ignores the row shows it.
WITHOUT: Final = {
    # What comes before a body is not the proxy's to change; tests/probes has servers for it.
    "behaviour_http": {"asked-for", "not-asked-for"},
    "bucket_configuration_headers": {"reads-back", "refusal-status"},
    "bucket_configuration_ids": {"only-one", "unknown-token"},
    "buckets": {"empty", "invalid-name", "no-body", "object-kept"},
    "configurations_delete": {"bucket-stays"},
    "configurations_get": {"every-member", "media-type", "never-configured"},
    "configurations_put": {
        "default-copy",
        "default-multipart",
        "enforced-code",
        "enforced-disables-acls",
        "enforced-takes-objects",
        "every-member",
        "expiration-disabled",
        "kept-after-refusal",
        "not-merged",
        "older-object",
        "rule-id-encoded",
        "rule-removed",
        "writer-takes-acls",
    },
    "copy_object": {"same-etag"},
    "delete_objects": {"too-many-keys"},
    "metadata_directive": {"invalid", "onto-itself-unchanged"},
    "multipart_operations": {"no-object-before"},
    "object_lifecycle": {"bytes"},
    "object_lock_headers": {"plain-bucket", "without-header"},
    "object_tagging_headers": {"invalid"},
    "object_tagging_operations": {"long-name", "long-value", "name-twice-code"},
    "objects": {"content-length"},
    "put_object": {"key-1025-bytes"},
    "regions": {"other-region", "usable"},
    "storage_class": {"unknown-class-refused"},
    "upload_listings": {"completed", "upload-id"},
    "website_redirect": {"invalid"},
}


def test_every_promise_and_detail_has_a_damage_that_names_it() -> None:
    found: dict[str, set[str]] = {}
    for row in ROWS:
        named = {damage.check for damage in damages(row)}
        for check in PROBES[row].checks:
            if check.weight is not Weight.CORE and check.id not in named:
                found.setdefault(PROBES[row].topic, set()).add(check.id)
    assert found == WITHOUT


def test_every_damage_that_names_a_check_names_one_that_some_row_of_it_has() -> None:
    named: dict[tuple[str, str], bool] = {}
    for row in PROBES:
        known = {check.id for check in PROBES[row].checks}
        for damage in damages(row):
            if damage.check:
                key = (damage.name, damage.check)
                named[key] = named.get(key, False) or damage.check in known
    assert [key for key, exists in named.items() if not exists] == []
