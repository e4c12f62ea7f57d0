"""Checksums against published check values (of the ASCII digits 123456789)."""

from __future__ import annotations

import base64

import pytest

from conformance.s3.checksums import DIGESTS, checksum, composite, content_md5

DIGITS = b"123456789"


@pytest.mark.parametrize(
    ("algorithm", "check"),
    [("CRC32", "cbf43926"), ("CRC32C", "e3069283"), ("CRC64NVME", "ae8b14860a799888")],
)
def test_check_values(algorithm: str, check: str) -> None:
    assert DIGESTS[algorithm](DIGITS).hex() == check


def test_a_composite_is_the_checksum_of_the_parts_digests() -> None:
    one, two = DIGESTS["SHA256"](b"one"), DIGESTS["SHA256"](b"two")
    assert composite("SHA256", [b"one", b"two"]) == checksum("SHA256", one + two)


def test_content_md5() -> None:
    assert base64.b64decode(content_md5(b"")["Content-MD5"]).hex() == (
        "d41d8cd98f00b204e9800998ecf8427e"
    )
