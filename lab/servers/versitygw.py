"""VersityGW over a folder, built from its Go module, with its own user store."""

from pathlib import Path

from lab.packages import GoProgram
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

# An access key is its user's account id, too.
ROOT = Credentials(access_key="111122223333", secret_key="lab-main-secret")
ALT = Credentials(access_key="444455556666", secret_key="lab-alt-secret")


def launch(site: Site) -> Running:
    """Start the gateway, and have it make a second user."""
    keys = ["--access", ROOT.access_key, "--secret", ROOT.secret_key]
    stores = ["--iam-dir", str(site.folder("iam")), "--keep-alive"]
    versions = ["--versioning-dir", str(site.folder("versions"))]
    gateway = site.program("versitygw")
    listen = ["--port", f"{HOST}:{site.port}"]
    site.spawn([gateway, *listen, *keys, *stores, "posix", *versions, site.folder("buckets")])
    site.wait_for_answer(site.url, seconds=SERVER.patience)
    user = ["--access", ALT.access_key, "--secret", ALT.secret_key, "--role", "userplus"]
    admin: list[str | Path] = [gateway, "admin", *keys, "--endpoint-url", site.url]
    site.run([*admin, "create-user", *user])
    return Running(url=site.url, credentials=ROOT, alt=ALT, account_id=ROOT.access_key)


SERVER = Server(
    name="versitygw",
    lineage="Versity S3 Gateway over a POSIX folder",
    version="1.8.0",
    packages=(GoProgram("github.com/versity/versitygw/cmd/versitygw", "v1.8.0"),),
    launch=launch,
)
