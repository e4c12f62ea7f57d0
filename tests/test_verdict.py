"""The table of claims and observations, cell by cell."""

from __future__ import annotations

import pytest

from conformance.verdict import Divergence, Documented, Observed, divergence

TABLE = {
    Documented.IMPLEMENTED: "none partial missing missing missing undecided undecided",
    Documented.EXPERIMENTAL: "none none missing missing missing undecided undecided",
    Documented.UNIMPLEMENTED: "undocumented undocumented none none none undecided undecided",
}


@pytest.mark.parametrize("documented", Documented)
def test_divergence(documented: Documented) -> None:
    words = [divergence(documented, observed) for observed in Observed]
    assert words == [Divergence(word) for word in TABLE[documented].split()]


def test_the_words_are_the_published_ones() -> None:
    assert [*Observed] == [
        "supported", "partial", "ignored", "rejected", "broken", "unproven", "unknown",
    ]  # fmt: skip
