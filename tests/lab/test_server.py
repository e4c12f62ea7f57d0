"""A server is started, waited for and stopped, and every way to fail says what happened."""

import json
import re
import socket
import sys
from pathlib import Path

import pytest

from lab import site as lab_site
from lab.errors import LabError
from lab.process import wait_until
from lab.server import Running, Server
from lab.site import HOST, Site, answers, free_port, is_free
from tests.lab import fakes


def refusal(server: Server, folder: Path, port: int | None = None) -> str:
    """Start a server that cannot be, and return the sentence about it."""
    log = folder / "fake.log"
    with (
        pytest.raises(LabError) as caught,
        server.start(folder / "cache", folder / "work", log, port or free_port()),
    ):
        pass
    return str(caught.value)


def test_a_server_answers_until_it_is_left_and_leaves_nobody(tmp_path: Path) -> None:
    work_dir, log = tmp_path / "work", tmp_path / "log"
    with fakes.server().start(tmp_path, work_dir, log, free_port()) as (running, site):
        site.check()
        assert answers(running.url)
        assert not is_free(site.port)
    assert fakes.nobody_lives(work_dir)
    assert is_free(site.port)


def test_children_and_the_deaf_are_stopped_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_site, "GRACE_SECONDS", 0.2)
    work_dir, log = tmp_path / "work", tmp_path / "log"
    with fakes.server("deaf", "parent").start(tmp_path, work_dir, log, free_port()):
        pass
    # A killed child is gone when the kernel gets to it, not when its leader has been waited for.
    assert wait_until(lambda: fakes.nobody_lives(work_dir), seconds=10)


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        words = refusal(fakes.server(), tmp_path, port)
    assert words == f"fake could not be started: port {port} of {HOST} is taken"
    assert not (tmp_path / "work").exists()


def test_a_work_directory_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "precious").touch()
    assert refusal(fakes.server(), tmp_path).endswith("work is not empty")


def test_one_that_dies_early_is_quoted(tmp_path: Path) -> None:
    words = refusal(fakes.server("doomed"), tmp_path)
    assert re.search(
        r"python\S* ended with status 1: no room for me here \(log: .*fake.log\)", words
    )


def test_one_that_never_answers_in_earnest_is_given_up_and_stopped(tmp_path: Path) -> None:
    words = refusal(fakes.server(status=503, patience=0.5), tmp_path)
    assert "did not happen within 0.5 s" in words
    assert fakes.nobody_lives(tmp_path / "work")


def test_one_whose_program_is_not_there_says_so(tmp_path: Path) -> None:
    def launch(site: Site) -> Running:
        site.spawn([site.program("weed")])
        raise AssertionError

    words = refusal(fakes.server(launch=launch), tmp_path)
    assert words == "fake could not be started: weed is not installed on this machine"


def test_what_was_started_before_a_launch_failed_is_stopped(tmp_path: Path) -> None:
    def launch(site: Site) -> Running:
        running = sound(site)
        site.wait_for_answer(running.url, seconds=10)
        site.run([sys.executable, "-c", "raise SystemExit('second step')"])
        return running

    sound = fakes.server().launch
    assert "failed with status 1: second step" in refusal(fakes.server(launch=launch), tmp_path)
    assert fakes.nobody_lives(tmp_path / "work")


def test_a_step_does_not_wait_for_a_program_that_has_died(tmp_path: Path) -> None:
    def launch(site: Site) -> Running:
        running = doomed(site)
        site.run([sys.executable, "-c", "import signal; signal.pause()"], seconds=60)
        return running

    doomed = fakes.server("doomed").launch
    assert "no room for me here" in refusal(fakes.server(launch=launch), tmp_path)


def test_one_that_dies_later_is_noticed_while_it_is_kept_up(tmp_path: Path) -> None:
    fake = fakes.server("mortal")
    with (
        pytest.raises(LabError, match="ended with status 7"),
        fake.start(tmp_path, tmp_path / "work", tmp_path / "log", free_port()) as (_, site),
    ):
        site.stay()


def test_a_program_gets_no_aws_settings_and_a_home_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the caller's own")
    monkeypatch.setenv("AWS_PROFILE", "production")
    work_dir = tmp_path / "work"
    with fakes.server().start(tmp_path, work_dir, tmp_path / "log", free_port()):
        environment = json.loads((work_dir / "environment.json").read_text(encoding="utf-8"))
    assert not [name for name in environment if name.startswith("AWS_")]
    for name in lab_site.OWN_FOLDERS:
        assert Path(environment[name]).is_relative_to(work_dir), name


def test_strays_are_swept_at_the_end(tmp_path: Path) -> None:
    def launch(site: Site) -> Running:
        for path in (stray, tmp_path / "never-made"):
            site.sweep(path)
        stray.touch()
        return sound(site)

    stray, sound = tmp_path / "stray.sock", fakes.server().launch
    log = tmp_path / "log"
    with fakes.server(launch=launch).start(tmp_path, tmp_path / "work", log, free_port()):
        assert stray.exists()
    assert not stray.exists()


def test_no_port_is_given_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_site, "PORTS", range(28990, 28993))
    monkeypatch.setattr(lab_site, "is_free", lambda _: True)
    site = Site(install_dir=tmp_path, work_dir=tmp_path, log=tmp_path / "log", port=28991)
    assert {site.free_port(), site.free_port()} == {28990, 28992}
    with pytest.raises(LabError, match="no free port"):
        site.free_port()
