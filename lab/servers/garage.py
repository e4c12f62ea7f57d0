"""Garage, one node of it, built from its crate."""

from pathlib import Path

from lab.packages import CargoProgram
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

# It wants `GK` and 24 hexadecimal digits, and 64 for a secret.
MAIN = Credentials(access_key="GK" + "1abc1abc" * 3, secret_key="1abc1abc" * 8)
ALT = Credentials(access_key="GK" + "2abc2abc" * 3, secret_key="2abc2abc" * 8)

CONFIG = """\
metadata_dir = "{work}/meta"
data_dir = "{work}/data"
db_engine = "sqlite"
metadata_fsync = false
replication_factor = 1
rpc_bind_addr = "{host}:{rpc_port}"
rpc_public_addr = "{host}:{rpc_port}"
rpc_secret = "{rpc_secret}"

[s3_api]
s3_region = "{region}"
api_bind_addr = "{host}:{port}"
"""

REGION = "us-east-1"
"""Its own default is `garage`; it answers requests signed for this one and no other."""


def launch(site: Site) -> Running:
    """Start one node with a first key, and have it make a second."""
    config = CONFIG.format(
        work=site.work_dir,
        host=HOST,
        port=site.port,
        rpc_port=site.free_port(),
        rpc_secret="5ca1ab1e" * 8,
        region=REGION,
    )
    garage: list[str | Path] = [site.program("garage"), "-c", site.write("garage.toml", config)]
    site.spawn(
        [*garage, "server", "--single-node", "--default-access-key"],
        env={
            "GARAGE_DEFAULT_ACCESS_KEY": MAIN.access_key,
            "GARAGE_DEFAULT_SECRET_KEY": MAIN.secret_key,
        },
    )
    site.wait_for_answer(site.url, seconds=SERVER.patience)
    site.run([*garage, "key", "import", "--yes", "-n", "alt", ALT.access_key, ALT.secret_key])
    site.run([*garage, "key", "allow", "--create-bucket", ALT.access_key])
    return Running(url=site.url, credentials=MAIN, region=REGION, alt=ALT)


SERVER = Server(
    name="garage",
    lineage="Garage",
    version="2.5.0",
    packages=(CargoProgram("garage", "2.5.0"),),
    launch=launch,
)
