"""Bodies that must be refused: well-formed, and not what the usual body says."""

from __future__ import annotations

import pytest

from conformance.s3.xml import element, leaves
from conformance.subjects.bucket_configuration import Body, Place
from conformance.subjects.bucket_configurations import CONFIGURATIONS
from conformance.subjects.refused_bodies import REFUSED

BY_NAME = {configuration.name: configuration for configuration in CONFIGURATIONS}
# No JSON, and JSON without a member.
WITHOUT_LEAVES = ("no-json", "empty-object")
BODIES = [(name, check, body) for name, found in REFUSED.items() for check, _, body in found]


@pytest.mark.parametrize(("name", "check", "body"), BODIES)
def test_refused_body_is_well_formed_and_unlike_the_usual(
    name: str, check: str, body: Body
) -> None:
    configuration = BY_NAME[name]
    arn = "arn:aws:sqs:us-east-1:123456789012:there"
    destination = arn if configuration.topic == "notification" else "other"
    place = Place(bucket="bucket", owner="owner", destination=destination)
    value = (configuration.choices or ("nvalue",))[0]

    content = body(value, place)

    assert content != configuration.body(value, place)
    assert element(content).tag == configuration.root
    assert bool(leaves(content)) is (check not in WITHOUT_LEAVES)
