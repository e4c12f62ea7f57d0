"""MinIO's last open version, built from its Go module."""

from lab.packages import GoProgram
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

ROOT = Credentials(access_key="labmain", secret_key="lab-main-secret")
KMS_KEY = "lab"


def launch(site: Site) -> Running:
    """Start one node over four folders: with fewer there is no versioning and no object lock."""
    drives = [site.folder(f"drive-{number}") for number in range(1, 5)]
    console = f"{HOST}:{site.free_port()}"
    site.spawn(
        [
            site.program("minio"),
            "server",
            "--address",
            f"{HOST}:{site.port}",
            "--console-address",
            console,
            *drives,
        ],
        env={
            "MINIO_ROOT_USER": ROOT.access_key,
            "MINIO_ROOT_PASSWORD": ROOT.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "MINIO_CI_CD": "on",
            "MINIO_KMS_SECRET_KEY": f"{KMS_KEY}:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",
        },
    )
    return Running(url=site.url, credentials=ROOT, kms_key_id=KMS_KEY)


SERVER = Server(
    name="minio",
    lineage="MinIO",
    version="2026-02-12 (7aac2a2c5b7c)",
    packages=(GoProgram("github.com/minio/minio", "v0.0.0-20260212201848-7aac2a2c5b7c"),),
    launch=launch,
)
