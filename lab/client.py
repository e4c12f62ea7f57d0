"""What a client of the lab is: a short declaration, and the program that plays its scenario."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.install import install, is_installed
from lab.packages import Package
from lab.server import Credentials
from lab.site import Site

SCENARIOS = Path(__file__).parent / "clients" / "scenario"
CLIENTS_FOLDER = "clients"
"""The folder of the cache that holds them: a client and a server may have the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a client has to be told."""

    url: str
    credentials: Credentials
    region: str
    bucket: str
    ca_bundle: Path | None
    """The certificate to trust, in PEM, where the URL is of https."""

    @property
    def authority(self) -> str:
        """Return host and port."""
        return self.url.partition("://")[2]

    @property
    def is_secure(self) -> bool:
        """Say whether the URL is of https."""
        return self.url.startswith("https:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How the program that plays the scenario is started, besides what every program is told."""

    argv: tuple[str | Path, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client: what it is, how it gets here, and how it is told where the server is."""

    name: str
    label: str
    """What a reader calls it, with its language."""
    version: str
    packages: tuple[Package, ...]
    launch: Callable[[Site, Endpoint], Command]
    """Write its settings on a site, and say how its program is started."""
    settings: str = ""
    """What had to be set besides endpoint, credentials and region, for a reader."""
    takes_paths: bool = True
    """Whether it can be told an endpoint whose URL has a path."""

    def folder(self, cache_dir: Path) -> Path:
        """Return where it is installed."""
        return cache_dir.absolute() / CLIENTS_FOLDER / self.name

    def install(self, cache_dir: Path) -> None:
        """Install the pinned version into its own folder of the cache, unless it is there."""
        install(self.name, self.packages, self.folder(cache_dir))

    def is_installed(self, cache_dir: Path) -> bool:
        """Say whether the cache holds exactly what is declared."""
        return is_installed(self.packages, self.folder(cache_dir))


def told(endpoint: Endpoint, files: Path) -> dict[str, str]:
    """Return the variables that every scenario's program gets."""
    return {
        "LAB_URL": endpoint.url,
        "LAB_ACCESS_KEY": endpoint.credentials.access_key,
        "LAB_SECRET_KEY": endpoint.credentials.secret_key,
        "LAB_REGION": endpoint.region,
        "LAB_CA_BUNDLE": str(endpoint.ca_bundle or ""),
        "LAB_BUCKET": endpoint.bucket,
        "LAB_FILES": str(files),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def aws_settings(site: Site, endpoint: Endpoint) -> dict[str, str]:
    """Return the variables and write the one file that AWS's own clients share."""
    config = "[default]\ns3 =\n    addressing_style = path\n"
    settings = {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.credentials.secret_key,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,
        "AWS_CONFIG_FILE": str(site.write("aws-config", config)),
        "AWS_SHARED_CREDENTIALS_FILE": str(site.write("aws-credentials", "")),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if endpoint.ca_bundle:
        settings["AWS_CA_BUNDLE"] = str(endpoint.ca_bundle)
    return settings
