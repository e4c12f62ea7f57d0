"""The endpoint that runs where none is given: moto's server, in this process, on a free port.

moto looks at a condition and then writes, so that of eight writers at once two may be served, once
in some hundred times. Here it answers one conditional write at a time, and a run gives the same
words each time; `python -m lab run moto` runs moto's own server as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from conformance.errors import EndpointError
from conformance.s3.endpoint import Credentials, Endpoint

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

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
    from moto.moto_server import werkzeug_app  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    # moto reads its own directory twice for each request, a quarter of the time of a run.
    modules = [*backends.list_of_moto_modules()]
    backends.list_of_moto_modules = lambda: modules
    # What its handlers raise is answered with 500, which is all that an observer may know.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    app = _one_conditional_write_at_a_time(
        werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
    )
    listening = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=werkzeug_app.MotoRequestHandler
    )
    thread = Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield Endpoint(
            url=f"http://127.0.0.1:{listening.server_port}",
            region="us-east-1",
            credentials=Credentials(access_key="embedded", secret_key="embedded-secret"),
            account_id=ACCOUNT_ID,
            embedded=True,
        )
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def _one_conditional_write_at_a_time(app: WSGIApplication) -> WSGIApplication:
    one = Lock()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        writes = environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS")
        if writes and ("HTTP_IF_MATCH" in environ or "HTTP_IF_NONE_MATCH" in environ):
            with one:
                return app(environ, start_response)
        return app(environ, start_response)

    return answer
