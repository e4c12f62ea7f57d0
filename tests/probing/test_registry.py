"""What the decorators register, and which probes they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from conformance.probing import PROBES, Workbench, cell, core, detail, family, operation, probe
from conformance.probing.checks import Check

CORE = core("a", "one", "RFC 1")
BENCH = cast("Workbench", object())


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A register that the tests have for themselves."""
    kept = dict(PROBES)
    PROBES.clear()
    yield
    PROBES.clear()
    PROBES.update(kept)


def documented(seen: list[tuple[Any, ...]]) -> Callable[..., None]:
    def run(*args: Any) -> None:
        """The promise,
        on two lines.

        More of it.
        """
        seen.append(args)

    return run


def checks_of(first: str, second: str) -> list[Check]:
    """Checks that tell with which operation and feature they were made."""
    return [core(f"{first} {second}", "it", "RFC 1")]


def test_probe_when_registered_keeps_what_its_docstring_and_module_say() -> None:
    run = documented([])
    run.__module__ = "conformance.probes.some_topic"
    assert probe("GetObject/Range", "GetObject", checks=[CORE], security=True)(run) is run
    made = PROBES["GetObject/Range"]
    assert [*PROBES] == ["GetObject/Range", "GetObject"]
    assert (made.run, made.checks, made.security) == (run, (CORE,), True)
    assert (made.promise, made.topic) == ("The promise, on two lines.", "some_topic")


def test_probe_when_its_checks_are_made_by_a_function_gives_it_operation_and_feature() -> None:
    probe("GetObject/a/b", "PutObject", checks=checks_of)(documented([]))
    assert PROBES["GetObject/a/b"].checks[0].id == "GetObject a/b"
    assert PROBES["PutObject"].checks[0].id == "PutObject "


@pytest.mark.parametrize("security", [True, False])
def test_family_when_run_gets_operation_and_feature(security: bool) -> None:
    seen: list[tuple[Any, ...]] = []
    run = documented(seen)
    register = family(
        "x", "y", operations=["GetObject", "PutObject"], checks=checks_of, security=security
    )
    assert register(run) is run
    assert [*PROBES] == ["GetObject/x", "GetObject/y", "PutObject/x", "PutObject/y"]
    PROBES["PutObject/x"].run(BENCH)
    assert seen == [(BENCH, "PutObject", "x")]
    assert PROBES["PutObject/x"].checks[0].id == "PutObject x"
    assert PROBES["PutObject/x"].promise == "The promise, on two lines."
    assert PROBES["PutObject/x"].security is security


@pytest.mark.parametrize("security", [True, False])
def test_operation_when_run_gets_its_name(security: bool) -> None:
    seen: list[tuple[Any, ...]] = []
    run = documented(seen)
    assert operation("GetObject", "PutObject", checks=checks_of, security=security)(run) is run
    assert [*PROBES] == ["GetObject", "PutObject"]
    PROBES["PutObject"].run(BENCH)
    assert seen == [(BENCH, "PutObject")]
    assert PROBES["PutObject"].checks[0].id == "PutObject "
    assert PROBES["PutObject"].promise == "The promise, on two lines."
    assert PROBES["PutObject"].security is security


@pytest.mark.parametrize("security", [True, False])
def test_cell_when_run_gets_name_and_kind(security: bool) -> None:
    seen: list[tuple[Any, ...]] = []
    run = documented(seen)
    register = cell("Region", ("auto", "signing"), ("", "url"), checks=checks_of, security=security)
    assert register(run) is run
    assert [*PROBES] == ["Region/auto/signing", "Region//url"]
    PROBES["Region/auto/signing"].run(BENCH)
    assert seen == [(BENCH, "auto", "signing")]
    assert PROBES["Region/auto/signing"].checks[0].id == "auto signing"
    assert PROBES["Region/auto/signing"].promise == "The promise, on two lines."
    assert PROBES["Region/auto/signing"].security is security


def test_decorators_when_security_is_not_named_register_none() -> None:
    probe("GetObject", checks=[CORE])(documented([]))
    family("x", operations=["GetObject"], checks=[CORE])(documented([]))
    operation("PutObject", checks=[CORE])(documented([]))
    cell("Region", ("auto", "signing"), checks=[CORE])(documented([]))
    assert len(PROBES) == 4
    assert not any(made.security for made in PROBES.values())


def test_probe_when_the_row_has_one_is_refused() -> None:
    probe("GetObject", checks=[CORE])(documented([]))
    with pytest.raises(ValueError, match=r"^two probes for row GetObject$"):
        probe("GetObject", checks=[CORE])(documented([]))


@pytest.mark.parametrize("doc", [None, " \n "])
def test_probe_when_it_states_no_promise_is_refused(doc: str | None) -> None:
    run = documented([])
    run.__doc__ = doc
    with pytest.raises(ValueError, match=r"^the probe of GetObject has no docstring"):
        probe("GetObject", checks=[CORE])(run)


def test_probe_when_checks_share_an_id_is_refused_with_their_ids() -> None:
    twice = [CORE, CORE, detail("b", "it", "RFC 1"), *[detail("c", "it", "RFC 1")] * 3]
    with pytest.raises(ValueError, match=r"^the probe of GetObject declares a, c more than once$"):
        probe("GetObject", checks=twice)(documented([]))


def test_probe_when_no_check_is_core_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the probe of GetObject declares no core check$"):
        probe("GetObject", checks=[detail("b", "it", "RFC 1")])(documented([]))
    assert not PROBES
