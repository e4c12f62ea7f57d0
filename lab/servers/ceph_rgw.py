"""Ceph's RADOS gateway from Debian's packages, on a monitor and one OSD that keeps all in memory.

There is no manager. The daemons authenticate by cephx: without it, an OSD may greet the monitor
before it has learned the cluster's id, and is turned away for good.
"""

import uuid

import boto3

from lab.packages import DebianPackages
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

MAIN = Credentials(
    access_key="LABMAINACCESSKEY0001", secret_key="lab-main-secret-key-0000000000000000001"
)
ALT = Credentials(
    access_key="LABALTACCESSKEY00002", secret_key="lab-alt-secret-key-00000000000000000002"
)

KMS_KEY = "testkey-1"
"""The id of the one key of the testing backend, for SSE-KMS."""

PATIENCE = 120.0

CLUSTER = ("-c", "ceph.conf")

CAPS = {
    "mon.": {"mon": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *"},
}

CONF = """\
[global]
fsid = {fsid}
mon host = [v1:{host}:{mon_port}]
mon initial members = a
public addr = {host}
cluster addr = {host}
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {work}/keyring
run dir = {work}
crash dir = {work}
admin socket =
log file =
mon cluster log to file = false
log to stderr = true
err to stderr = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.05

[mon.a]
mon data = {work}/mon

[osd.0]
osd data = {work}/osd
osd objectstore = memstore
memstore device bytes = 8589934592

[client.admin]
rgw frontends = beast endpoint={host}:{port}
rgw enable lc threads = false
rgw lc max objs = 997
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = {kms_key}=YmluCmJvb3N0CmJvb3N0LWJ1aWxkCmNlcGguY29uZgo=
"""


def launch(site: Site) -> Running:
    """Start the monitor, the OSD and the gateway, and make two users and a topic for events."""
    fsid, mon_port = str(uuid.uuid4()), site.free_port()
    site.write(
        "ceph.conf",
        CONF.format(
            fsid=fsid,
            host=HOST,
            mon_port=mon_port,
            port=site.port,
            work=site.work_dir,
            kms_key=KMS_KEY,
        ),
    )
    _make_keyring(site)
    _start_monitor(site, fsid, f"[v1:{HOST}:{mon_port}]")
    _start_osd(site)
    for uid, keys in (("main", MAIN), ("alt", ALT)):
        _create_user(site, uid, keys)
    site.spawn(["radosgw", "-f", "-n", "client.admin", *CLUSTER])
    site.wait_for_answer(site.url, seconds=PATIENCE)
    return Running(
        url=site.url,
        credentials=MAIN,
        alt=ALT,
        kms_key_id=KMS_KEY,
        destination_arn=_create_topic(site.url),
    )


def _make_keyring(site: Site) -> None:
    site.write("keyring", "")
    for name, caps in CAPS.items():
        words = [word for room, cap in caps.items() for word in ("--cap", room, cap)]
        site.run(["ceph-authtool", "keyring", "--gen-key", "-n", name, *words])


def _start_monitor(site: Site, fsid: str, address: str) -> None:
    site.folder("mon")
    site.run(["monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, "monmap"])
    mkfs = ["--mkfs", "--monmap", "monmap", "--keyring", "keyring"]
    site.run(["ceph-mon", "-i", "a", *CLUSTER, *mkfs])
    site.spawn(["ceph-mon", "-f", "-i", "a", *CLUSTER])


def _start_osd(site: Site) -> None:
    site.folder("osd")
    osd_uuid = str(uuid.uuid4())
    site.run(["ceph", *CLUSTER, "osd", "new", osd_uuid, "0"])
    site.run(["ceph", *CLUSTER, "auth", "add", "osd.0", "-i", "keyring"])
    site.run(["ceph-osd", "-i", "0", *CLUSTER, "--mkfs", "--osd-uuid", osd_uuid])
    site.spawn(["ceph-osd", "-f", "-i", "0", *CLUSTER])


def _create_user(site: Site, uid: str, keys: Credentials) -> None:
    argv = ["radosgw-admin", *CLUSTER, "user", "create", "--uid", uid, "--display-name", uid]
    site.run([*argv, "--access-key", keys.access_key, "--secret-key", keys.secret_key])


def _create_topic(url: str) -> str:
    """Make a topic nobody reads, by the gateway's part of the SNS API."""
    client = boto3.client(
        "sns",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=MAIN.access_key,
        aws_secret_access_key=MAIN.secret_key,
    )
    return str(client.create_topic(Name="lab")["TopicArn"])


SERVER = Server(
    name="ceph_rgw",
    lineage="Ceph RADOS gateway",
    version="16.2.15",
    packages=(
        DebianPackages(
            packages=("radosgw", "ceph-mon", "ceph-osd", "ceph-common"),
            programs=("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"),
            version="16.2.15",
        ),
    ),
    launch=launch,
    patience=PATIENCE,
)
