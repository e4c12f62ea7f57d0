"""The servers there are, by name, in the order in which they are listed."""

from lab.server import Server
from lab.servers import (
    ceph_rgw,
    garage,
    juicefs,
    localstack,
    minio,
    ministack,
    moto_server,
    r2_local,
    rclone,
    s3mock,
    s3proxy,
    s3rver,
    s3s_fs,
    seaweedfs,
    swift,
    versitygw,
)

_DECLARED = (
    ceph_rgw.SERVER,
    r2_local.SERVER,
    seaweedfs.SERVER,
    swift.SERVER,
    minio.SERVER,
    versitygw.SERVER,
    garage.SERVER,
    localstack.SERVER,
    ministack.SERVER,
    moto_server.SERVER,
    s3mock.SERVER,
    juicefs.SERVER,
    rclone.SERVER,
    s3proxy.SERVER,
    s3s_fs.SERVER,
    s3rver.SERVER,
)

SERVERS: dict[str, Server] = {server.name: server for server in _DECLARED}
