"""MinIO's last open version, built from its Go module."""

from lab.packages import GoProgram
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site
from lab.tls import certify

ROOT = Credentials(access_key="labmain", secret_key="lab-main-secret")
KMS_KEY = "lab"


def launch(site: Site) -> Running:
    """Start one node over four folders: with fewer there is no versioning and no object lock."""
    drives = [site.folder(f"drive-{number}") for number in range(1, 5)]
    console = f"{HOST}:{site.free_port()}"
    # SSE-C is refused without TLS.
    certificates = site.folder("certificates")
    tls = certify(site, certificates, certificate="public.crt", key="private.key")
    site.spawn(
        [
            site.program("minio"),
            "server",
            "--address",
            f"{HOST}:{site.port}",
            "--console-address",
            console,
            "--certs-dir",
            certificates,
            *drives,
        ],
        env={
            "MINIO_ROOT_USER": ROOT.access_key,
            "MINIO_ROOT_PASSWORD": ROOT.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "MINIO_CI_CD": "on",
            # Events may be sent there; nobody listens, and none is waited for.
            "MINIO_NOTIFY_WEBHOOK_ENABLE_lab": "on",
            "MINIO_NOTIFY_WEBHOOK_ENDPOINT_lab": f"http://{HOST}:{site.free_port()}/",
            "MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_lab": str(site.folder("events")),
            "MINIO_KMS_SECRET_KEY": f"{KMS_KEY}:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=",
        },
    )
    return Running(
        url=site.secure_url,
        credentials=ROOT,
        kms_key_id=KMS_KEY,
        destination_arn="arn:minio:sqs::lab:webhook",
        ca_bundle=tls.certificate,
    )


SERVER = Server(
    name="minio",
    lineage="MinIO",
    version="2026-02-12 (7aac2a2c5b7c)",
    packages=(GoProgram("github.com/minio/minio", "v0.0.0-20260212201848-7aac2a2c5b7c"),),
    launch=launch,
)
