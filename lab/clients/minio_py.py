"""minio-py, MinIO's SDK for Python."""

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Its program passes endpoint, keys and region to the constructor."""
    trust = {"SSL_CERT_FILE": str(endpoint.ca_bundle)} if endpoint.ca_bundle else {}
    return Command(argv=(site.program("python"), SCENARIOS / "play_minio_py.py"), env=trust)


CLIENT = Client(
    name="minio_py",
    label="minio-py (MinIO SDK for Python)",
    version="7.2.20",
    packages=(PythonPackages(("minio==7.2.20",)),),
    launch=launch,
    takes_paths=False,
)
