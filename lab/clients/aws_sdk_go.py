"""AWS's SDK for Go, version 2, with its transfer manager."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import GoSource
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by AWS's variables."""
    return Command(argv=(site.program("play-aws"),), env=aws_settings(site, endpoint))


CLIENT = Client(
    name="aws_sdk_go",
    label="AWS SDK for Go v2",
    version="1.114.10",
    packages=(GoSource(SCENARIOS / "go" / "aws", "play-aws"),),
    launch=launch,
    settings="path style; multipart by the transfer manager",
)
