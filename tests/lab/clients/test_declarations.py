"""The clients that are declared, the scenario, and what is published of them."""

import re
from pathlib import Path

import pytest

from conformance.matrix import load
from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.clients import CLIENTS
from lab.clients.causes import CAUSES, Cause, cause_of
from lab.clients_command import REQUESTS
from lab.clients_report import page
from lab.scenario import SIZES, STEPS, contents
from lab.sent import read_sent
from lab.server import Credentials
from lab.servers import SERVERS
from lab.site import Site
from lab.table import read_table

ROOT = Path(__file__).parent.parent.parent.parent
SPECS = ROOT / "specs"
PUBLISHED = ROOT / "reports" / "clients.json"
ENDPOINT = Endpoint(
    url="https://127.0.0.1:1",
    credentials=Credentials(access_key="an-access-key", secret_key="a-secret-key"),
    region="us-east-1",
    bucket="a-bucket",
    ca_bundle=None,
)

LANGUAGES = {".go", ".java", ".mjs", ".py"}


@pytest.fixture(params=CLIENTS.values(), ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    declared: Client = request.param
    return declared


def launched(client: Client, folder: Path) -> Command:
    return client.launch(
        Site(install_dir=folder, work_dir=folder, log=folder / "log", port=0), ENDPOINT
    )


def test_client_when_declared_has_the_name_of_its_file_and_a_pinned_version(client: Client) -> None:
    assert CLIENTS[client.name] is client
    assert (SCENARIOS.parent / f"{client.name}.py").exists()
    assert client.version
    assert client.packages


def test_client_when_launched_starts_a_program_that_is_there(
    client: Client, tmp_path: Path
) -> None:
    command = launched(client, tmp_path)

    ours = [Path(word) for word in command.argv if str(SCENARIOS) in str(word)]
    assert all(path.exists() for path in ours)
    assert ours or client.name in {"aws_sdk_go", "aws_sdk_java", "minio_go"}


def test_client_when_launched_has_no_keys_among_its_arguments(
    client: Client, tmp_path: Path
) -> None:
    words = " ".join(map(str, launched(client, tmp_path).argv))

    assert ENDPOINT.credentials.secret_key not in words


@pytest.mark.parametrize("step", [step.name for step in STEPS if not step.argument])
def test_step_when_in_the_scenario_is_played_by_several_clients(step: str) -> None:
    files = [path for path in SCENARIOS.rglob("*") if path.suffix in LANGUAGES]
    named = re.compile(rf'\b{step}\b"?[:,\s]')
    playing = [path for path in files if named.search(path.read_text(encoding="utf-8"))]

    assert len(playing) >= (1 if step == "repository" else 5)


def test_contents_when_asked_twice_are_the_same_and_differ_by_kind() -> None:
    assert [len(contents(kind)) for kind in SIZES] == list(SIZES.values())
    assert contents("small") == contents("small")
    assert contents("large")[:1000] != contents("small")


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.note[:40])
def test_cause_when_written_names_what_exists(cause: Cause) -> None:
    assert set(cause.servers) <= {"*", *SERVERS}
    assert set(cause.clients) <= {"*", *CLIENTS}
    assert set(cause.steps) <= {"*", *(step.name for step in STEPS)}


def known_rows() -> set[str]:
    return {row.id for path in SPECS.glob("*.yaml") for row in load(path).rows}


def test_rows_when_a_cause_names_them_are_of_a_matrix() -> None:
    rows = known_rows()
    named = {row for cause in CAUSES for row in cause.rows}

    assert named - rows == set()


def test_failures_when_published_are_traced() -> None:
    table = read_table(PUBLISHED)
    failures = [
        (cell.server, cell.client, each.step, each.culprit.get("code", ""))
        for cell in table.cells
        for each in cell.failures
    ]

    assert len(table.clients) >= 10
    assert len(table.servers) >= 8
    assert [each for each in failures if cause_of(*each) is None] == []


def test_page_when_published_is_made_of_the_published_data() -> None:
    shown = page(read_table(PUBLISHED), read_sent(REQUESTS))

    assert (PUBLISHED.parent / "clients.md").read_text(encoding="utf-8") == shown


def test_requests_when_published_hold_no_secret_of_a_server() -> None:
    text = PUBLISHED.read_text(encoding="utf-8") + REQUESTS.read_text(encoding="utf-8")

    for word in ("lab-main-secret", "X-Amz-Signature=", "Signature="):
        assert word not in text
