"""MiniStack, an emulator of AWS whose new buckets have the defaults of 2023 and later."""

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

# Twelve digits for a key id are its account.
MAIN = Credentials(access_key="111122223333", secret_key="test")
ALT = Credentials(access_key="444455556666", secret_key="test")

KMS_KEY = f"arn:aws:kms:us-east-1:{MAIN.access_key}:key/5ca1ab1e-0000-4000-8000-000000000001"
"""Any will do: no key service runs beside it."""


def launch(site: Site) -> Running:
    """Start S3 alone, with key ids checked."""
    site.spawn(
        [site.program("ministack")],
        env={
            "GATEWAY_PORT": str(site.port),
            "BIND_HOST": HOST,
            "SERVICES": "s3",
            "STATE_DIR": str(site.folder("state")),
            "S3_DATA_DIR": str(site.folder("s3")),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": MAIN.access_key,
            "AWS_SECRET_ACCESS_KEY": MAIN.secret_key,
        },
    )
    return Running(
        url=site.url,
        credentials=MAIN,
        alt=ALT,
        account_id=MAIN.access_key,
        kms_key_id=KMS_KEY,
    )


SERVER = Server(
    name="ministack",
    lineage="MiniStack, an emulator of AWS",
    version="1.5.33",
    packages=(PythonPackages(("ministack==1.5.33",)),),
    launch=launch,
)
