"""The AWS command line, version 1."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by AWS's variables."""
    argv = (site.program("python"), SCENARIOS / "play_aws_cli.py")
    return Command(argv=argv, env=aws_settings(site, endpoint))


CLIENT = Client(
    name="aws_cli",
    label="AWS CLI 1",
    version="1.46.2",
    packages=(PythonPackages(("awscli==1.46.2",)),),
    launch=launch,
    settings="path style",
)
