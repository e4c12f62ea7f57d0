"""s3fs, the file system of fsspec, over aiobotocore."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Its program passes endpoint, keys and region; the certificate comes by AWS's variable."""
    argv = (site.program("python"), SCENARIOS / "play_s3fs.py")
    return Command(argv=argv, env=aws_settings(site, endpoint))


CLIENT = Client(
    name="s3fs",
    label="s3fs (fsspec over aiobotocore)",
    version="2026.9.0",
    packages=(PythonPackages(("s3fs==2026.9.0", "aiobotocore==3.10.0")),),
    launch=launch,
    settings="path style; parts of 6 MiB (its default is 50)",
)
