"""LocalStack's S3, the emulator whose answers are recorded from AWS."""

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

# Twelve digits for a key id are its account.
MAIN = Credentials(access_key="111122223333", secret_key="test")
ALT = Credentials(access_key="444455556666", secret_key="test")

KMS_KEY = f"arn:aws:kms:us-east-1:{MAIN.access_key}:key/5ca1ab1e-0000-4000-8000-000000000001"
"""Any will do: no key service runs beside it."""


def launch(site: Site) -> Running:
    """Start S3 alone, under hypercorn: the default server listens on all interfaces."""
    site.spawn(
        [site.program("python"), "-m", "localstack.runtime.main"],
        env={
            "GATEWAY_LISTEN": f"{HOST}:{site.port}",
            "GATEWAY_SERVER": "hypercorn",
            "SERVICES": "s3",
            "STRICT_SERVICE_LOADING": "1",
            "EAGER_SERVICE_LOADING": "1",
            "S3_SKIP_SIGNATURE_VALIDATION": "0",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "DISABLE_EVENTS": "1",
            "DNS_ADDRESS": "0",
            # In a container it would take the folders of its own image.
            "OVERRIDE_IN_DOCKER": "0",
            "LOCALSTACK_VOLUME_DIR": str(site.folder("volume")),
            "FILESYSTEM_ROOT": str(site.folder("root")),
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
    name="localstack",
    lineage="LocalStack, an emulator of AWS",
    version="4.13.1",
    packages=(
        # Its own requirements allow versions of these two with which it does not start.
        PythonPackages(("localstack-core[base-runtime]==4.13.1", "cbor2<5.9", "pyopenssl<26")),
    ),
    launch=launch,
)
