"""s3cmd, with an S3 client of its own."""

import sys

from lab.client import SCENARIOS, Client, Command, Endpoint
from lab.packages import PythonPackages
from lab.site import Site

CONFIG = """\
[default]
access_key = {access_key}
secret_key = {secret_key}
bucket_location = {region}
host_base = {authority}
host_bucket = {authority}
use_https = {https}
ca_certs_file = {ca_bundle}
progress_meter = False
max_retries = 1
signurl_use_https = {https}
"""


def launch(site: Site, endpoint: Endpoint) -> Command:
    """Tell it all by its configuration file."""
    config = CONFIG.format(
        access_key=endpoint.credentials.access_key,
        secret_key=endpoint.credentials.secret_key,
        region=endpoint.region,
        authority=endpoint.authority,
        https=endpoint.is_secure,
        ca_bundle=endpoint.ca_bundle or "",
    )
    words = [
        site.program("python"),
        site.program("s3cmd"),
        f"--config={site.write('s3cfg', config)}",
    ]
    env = {"LAB_PROGRAM": "\n".join(map(str, words)), "LC_ALL": "C.UTF-8"}
    return Command(argv=(sys.executable, SCENARIOS / "play_s3cmd.py"), env=env)


CLIENT = Client(
    name="s3cmd",
    label="s3cmd",
    version="2.4.0",
    packages=(PythonPackages(("s3cmd==2.4.0",)),),
    launch=launch,
    takes_paths=False,
    settings="path style; one retry",
)
