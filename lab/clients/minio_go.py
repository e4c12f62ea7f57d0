"""minio-go, MinIO's SDK for Go."""

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import GoSource
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Its program passes endpoint, keys and region to the constructor."""
    trust = {"SSL_CERT_FILE": str(endpoint.ca_bundle)} if endpoint.ca_bundle else {}
    return Command(argv=(site.program("play-minio"),), env=trust)


CLIENT = Client(
    name="minio_go",
    label="minio-go (MinIO SDK for Go)",
    version="7.4.1",
    packages=(GoSource(SCENARIOS / "go" / "minio", "play-minio"),),
    launch=launch,
    takes_paths=False,
)
