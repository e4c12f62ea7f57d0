"""boto3, AWS's SDK for Python."""

from lab.client import SCENARIOS, Client, Command, Endpoint, aws_settings
from lab.packages import PythonPackages
from lab.site import Site


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by AWS's variables."""
    argv = (site.program("python"), SCENARIOS / "play_boto3.py")
    return Command(argv=argv, env=aws_settings(site, endpoint))


CLIENT = Client(
    name="boto3",
    label="boto3 (AWS SDK for Python)",
    version="1.44.5",
    packages=(PythonPackages(("boto3==1.44.5",)),),
    launch=launch,
    settings="path style",
)
