"""PyArrow's S3 file system: AWS's SDK for C++, from a wheel."""

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Its program passes endpoint, keys and region; the certificate comes by OpenSSL's variable."""
    trust = {"SSL_CERT_FILE": str(endpoint.ca_bundle)} if endpoint.ca_bundle else {}
    env = {"AWS_EC2_METADATA_DISABLED": "true", **trust}
    return Command(argv=(site.program("python"), SCENARIOS / "play_pyarrow.py"), env=env)


CLIENT = Client(
    name="pyarrow",
    label="PyArrow (AWS SDK for C++)",
    version="26.0.1",
    packages=(PythonPackages(("pyarrow==26.0.1",)),),
    launch=launch,
    settings="buckets may be created and deleted; two attempts; 60 s a request (default: 3)",
)
