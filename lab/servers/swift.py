"""OpenStack Swift's s3api over one account, container and object server each, without replication.

Swift reads its hash salts from /etc unless told otherwise from inside, hence the small program
that each server is started with.
"""

import getpass

from lab.packages import PythonPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

# Two users of one account: an S3 bucket is looked up in the account of who asks for it.
MAIN = Credentials(access_key="lab:main", secret_key="lab-main-secret")
ALT = Credentials(access_key="lab:alt", secret_key="lab-alt-secret")

RINGS = """\
import sys
from swift.common.ring import RingBuilder
for kind, port in (word.split("=") for word in sys.argv[1:]):
    builder = RingBuilder(4, 1, 0)
    address = {"ip": "%s", "port": int(port), "region": 1, "zone": 1}
    replication = {"replication_ip": address["ip"], "replication_port": address["port"]}
    builder.add_dev({**address, **replication, "device": "only", "weight": 1.0, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(kind + ".ring.gz")
"""
"""Each ring has one device: `account=17001 container=17002 object=17003`."""

PROGRAM = """\
import sys
import eventlet
eventlet.monkey_patch()
from swift.common import utils, wsgi
config, salts, section = sys.argv[1:]
utils.SWIFT_CONF_FILE = salts
sys.exit(wsgi.run_wsgi(config, section, verbose=False))
"""

SALTS = """\
[swift-hash]
swift_hash_path_prefix = lab
swift_hash_path_suffix = lab

[storage-policy:0]
name = only
default = yes

[swift-constraints]
max_header_size = 16384
"""

COMMON = """\
[DEFAULT]
bind_ip = {host}
bind_port = {port}
workers = 0
user = {user}
swift_dir = {work}
devices = {work}/devices
mount_check = false
disable_fallocate = true
fsync = false
log_level = WARNING
log_address = {work}/no-syslog
recon_cache_path = {work}/cache

"""

STORAGE = """\
[pipeline:main]
pipeline = {kind}-server

[app:{kind}-server]
use = egg:swift#{kind}
recon_cache_path = {work}/cache
"""

PROXY = """\
[pipeline:main]
pipeline = {pipeline}

[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true

"""

FILTERS: dict[str, dict[str, str]] = {
    "catch_errors": {},
    "gatekeeper": {},
    "healthcheck": {},
    "listing_formats": {},
    "bulk": {},
    "tempurl": {},
    "s3api": {
        "s3_acl": "true",
        "check_bucket_owner": "true",
        "allow_no_owner": "true",
        "dns_compliant_bucket_names": "true",
    },
    "tempauth": {
        "user_lab_main": f"{MAIN.secret_key} .admin",
        "user_lab_alt": f"{ALT.secret_key} .admin",
    },
    "copy": {},
    "container_quotas": {},
    "account_quotas": {},
    "slo": {},
    "dlo": {},
    "versioned_writes": {"allow_object_versioning": "true"},
    "symlink": {},
}
"""The proxy's middleware, in the order in which a request passes it."""

KINDS = ("account", "container", "object")


def launch(site: Site) -> Running:
    """Make the rings, and start the three storage servers and the proxy."""
    python = site.program("python")
    salts = site.write("swift.conf", SALTS)
    program = site.write("serve.py", PROGRAM)
    rings = site.write("rings.py", RINGS % HOST)
    site.folder("devices/only")
    site.folder("cache")
    ports = {kind: site.free_port() for kind in KINDS}
    site.run([python, rings, *(f"{kind}={port}" for kind, port in ports.items())])
    for kind, port in ports.items():
        storage = STORAGE.format(kind=kind, work=site.work_dir)
        config = site.write(f"{kind}.conf", _common(site, port) + storage)
        site.spawn([python, program, config, salts, f"{kind}-server"])
    proxy = site.write("proxy.conf", _common(site, site.port) + _proxy())
    site.spawn([python, program, proxy, salts, "proxy-server"])
    return Running(url=site.url, credentials=MAIN, alt=ALT)


def _common(site: Site, port: int) -> str:
    return COMMON.format(host=HOST, port=port, user=getpass.getuser(), work=site.work_dir)


def _proxy() -> str:
    sections = [
        "\n".join([f"[filter:{name}]", f"use = egg:swift#{name}", *map(" = ".join, items.items())])
        for name, items in FILTERS.items()
    ]
    return PROXY.format(pipeline=" ".join([*FILTERS, "proxy-server"])) + "\n\n".join(sections)


SERVER = Server(
    name="swift",
    lineage="OpenStack Swift (s3api)",
    version="2.38.3",
    packages=(PythonPackages(("swift==2.38.3",)),),
    launch=launch,
)
