"""ceph/s3-tests on a server of the lab, as a measure for what the suite costs."""

import configparser
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from defusedxml import ElementTree

from lab.delay import delayed
from lab.server import Credentials, Running

SELECTED = (
    "bucket_list or object_write or object_read or ranged or multipart_upload or multi_object"
)
UNSELECTED = "not fails_on_rgw and not lifecycle and not encryption and not sse_s3"


def s3_tests(
    checkout: Path, running: Running, folder: Path, cost: Callable[..., Any]
) -> Iterator[str]:
    """Run some of its tests once, and give lines of the table.

    Args:
        checkout: of the project, with its requirements.txt.
        running: the server.
        folder: to work in.
        cost: runs a command and measures it.
    """
    python = _installed(checkout, folder / "s3-tests")
    with delayed(running.url, 0) as (url, proxy):
        config, report = folder / "s3tests.conf", folder / "s3-tests.xml"
        _write(config, checkout / "s3tests.conf.SAMPLE", url, running)
        command: Sequence[str] = (
            str(python), "-m", "pytest", "-q", "s3tests/functional/test_s3.py",
            "-k", SELECTED, "-m", UNSELECTED, "-p", "no:cacheprovider", f"--junitxml={report}",
        )  # fmt: skip
        took = cost(command, checkout, {"S3TEST_CONF": str(config)})
        tests = len([*ElementTree.parse(report).iter("testcase")])
        requests = max(proxy.answers, 1)
    for measure, figure in (
        ("tests", f"{tests}"),
        ("requests", f"{requests}"),
        ("one process: wall time", f"{took.seconds:.1f} s"),
        ("one process: wall time a request", f"{1000 * took.seconds / requests:.1f} ms"),
        ("CPU a request, start included", f"{1000 * took.cpu / requests:.1f} ms"),
        ("memory", f"{took.mebibytes:.0f} MiB"),
    ):
        yield f"| s3-tests, {measure} |  | {figure} |  |"


def _installed(checkout: Path, venv: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = venv / "bin" / "python"
    install: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "-r",
        checkout / "requirements.txt",
    ]
    subprocess.run(install, check=True)
    return python


def _write(config: Path, sample: Path, url: str, running: Running) -> None:
    parser = configparser.RawConfigParser()
    parser.read(sample)
    where = urlsplit(url)
    parser["DEFAULT"].update(
        host=str(where.hostname), port=str(where.port), is_secure=str(where.scheme == "https")
    )
    _give(parser["s3 main"], running.credentials)
    _give(parser["s3 alt"], running.alt or running.credentials)
    with config.open("w", encoding="utf-8") as file:
        parser.write(file)
    config.chmod(0o600)


def _give(section: configparser.SectionProxy, keys: Credentials) -> None:
    section.update(access_key=keys.access_key, secret_key=keys.secret_key)
