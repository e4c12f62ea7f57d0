"""s3s-fs, the sample server of the Rust framework s3s, over a folder."""

from lab.packages import CargoProgram
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

KEYS = Credentials(access_key="labmain", secret_key="lab-main-secret")


def launch(site: Site) -> Running:
    """Serve an empty folder."""
    keys = ["--access-key", KEYS.access_key, "--secret-key", KEYS.secret_key]
    listen = ["--host", HOST, "--port", str(site.port)]
    site.spawn([site.program("s3s-fs"), *listen, *keys, site.folder("data")])
    return Running(url=site.url, credentials=KEYS)


SERVER = Server(
    name="s3s_fs",
    lineage="s3s over a folder",
    version="0.14.1",
    packages=(CargoProgram("s3s-fs", "0.14.1", features=("binary",)),),
    launch=launch,
)
