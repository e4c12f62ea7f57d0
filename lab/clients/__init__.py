"""The clients there are, by name, in the order in which they are listed."""

from lab.client import Client
from lab.clients import (
    aws_cli,
    aws_sdk_go,
    aws_sdk_java,
    aws_sdk_js,
    boto3,
    minio_go,
    minio_py,
    obstore,
    pyarrow,
    rclone,
    restic,
    s3cmd,
    s3fs,
    s5cmd,
)

_DECLARED = (
    boto3.CLIENT,
    aws_cli.CLIENT,
    aws_sdk_js.CLIENT,
    aws_sdk_go.CLIENT,
    aws_sdk_java.CLIENT,
    pyarrow.CLIENT,
    s3fs.CLIENT,
    rclone.CLIENT,
    s5cmd.CLIENT,
    minio_py.CLIENT,
    minio_go.CLIENT,
    restic.CLIENT,
    obstore.CLIENT,
    s3cmd.CLIENT,
)

CLIENTS: dict[str, Client] = {client.name: client for client in _DECLARED}
"""All of them."""
