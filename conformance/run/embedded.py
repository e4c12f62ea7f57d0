"""The endpoint that runs where none is given: moto's server, in this process, on a free port."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from conformance.errors import EndpointError
from conformance.s3.endpoint import Credentials, Endpoint

# moto uses this account id by default.
ACCOUNT_ID: Final = "123456789012"


def require_installed() -> None:
    """Refuse to run without an endpoint where moto is not installed.

    Raises:
        EndpointError: it is not; the sentence says what to do.
    """
    if find_spec("moto") is None or find_spec("flask") is None:
        raise EndpointError(
            "no --endpoint-url is given, and the embedded endpoint is not installed: "
            "pip install 's3-conformance[embedded]'"
        )


@contextmanager
def embedded() -> Iterator[Endpoint]:
    """Start moto's S3 server on 127.0.0.1, and stop it.

    Raises:
        EndpointError: moto is not installed.
    """
    require_installed()
    from moto import backends  # noqa: PLC0415 - half a second, only if used
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    # moto reads its own directory twice for each request, a quarter of the time of a run.
    modules = [*backends.list_of_moto_modules()]
    backends.list_of_moto_modules = lambda: modules
    # What its handlers raise is answered with 500, which is all that an observer may know.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Endpoint(
            url=f"http://{host}:{port}",
            region="us-east-1",
            credentials=Credentials(access_key="embedded", secret_key="embedded-secret"),
            account_id=ACCOUNT_ID,
            embedded=True,
        )
    finally:
        server.stop()
