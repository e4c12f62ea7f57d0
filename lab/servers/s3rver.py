"""s3rver, a small server for developers, in Node."""

from lab.packages import NodePackage
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

KEYS = Credentials(access_key="S3RVER", secret_key="S3RVER")
"""The only ones it knows."""


def launch(site: Site) -> Running:
    """Serve an empty folder."""
    listen = ["--address", HOST, "--port", str(site.port), "--no-vhost-buckets"]
    program = [site.program("node"), site.program("s3rver")]
    site.spawn([*program, "--directory", site.folder("data"), *listen])
    return Running(url=site.url, credentials=KEYS)


SERVER = Server(
    name="s3rver",
    lineage="s3rver",
    version="3.7.1",
    packages=(NodePackage("s3rver@3.7.1"),),
    launch=launch,
    # It ends itself when a bucket is deleted while something is stored in another.
    jobs=1,
)
