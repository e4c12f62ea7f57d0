"""An endpoint that cannot be observed is one sentence, before the first row."""

from __future__ import annotations

import pytest

from conformance.errors import EndpointError
from conformance.run import Settings, preflight, require_usable
from conformance.s3 import patience
from conformance.s3.client import Client, Deadlines
from conformance.s3.endpoint import Credentials, Endpoint, parse_url
from conformance.s3.redact import Redactor
from conformance.serve.http import Answer, Request, serving
from conformance.serve.http import error as serve_error
from tests.servers import closing, error, free_url, http, saying, silent

LISTED = http(200, b"<ListAllMyBucketsResult/>", "Content-Type: application/xml")
HTML = http(200, b"<html><body>Welcome</body></html>", "Content-Type: text/html")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "pause", lambda *_: 0.0)
    monkeypatch.setattr(preflight, "PULSES", (0.0,))


def complaint(url: str, *buckets: str, read: float = 5.0) -> str:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    client = Client(endpoint, Redactor(), Deadlines(connect=5, read=read, total=10))
    with pytest.raises(EndpointError) as caught:
        preflight.require_usable(client, buckets)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error(403, "InvalidAccessKeyId"), "refuses these credentials"),
        (error(403, "SignatureDoesNotMatch"), "refuses these credentials"),
        (error(401, "Unauthorized"), "refuses these credentials"),
        (error(403, "RequestTimeTooSkewed"), "clock"),
        (error(400, "AuthorizationHeaderMalformed"), "refuses region 'us-east-1'"),
        (error(400, "InvalidRegionName"), "give --region"),
        (http(302, b"", "Location: https://login.example/"), "redirects to https://login.example/"),
        (HTML, "does not respond like S3: status 200, text/html"),
        (http(502, b"<html>Bad Gateway</html>", "Content-Type: text/html"), "status 502"),
        (http(200, b""), "does not respond like S3: status 200"),
        (error(503, "SlowDown"), "throttled"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "cannot be used"),
    ],
)
def test_preflight_when_the_answer_is_no_s3_s_says_what_it_is(answer: bytes, said: str) -> None:
    with saying(answer) as url:
        assert said in complaint(url)


def test_preflight_when_no_server_listens_says_so() -> None:
    assert "the connection failed" in complaint(free_url())


def test_preflight_when_connections_are_closed_says_so() -> None:
    with closing() as url:
        assert "cannot be used" in complaint(url)


def test_preflight_when_the_server_is_silent_says_so() -> None:
    with silent() as url:
        assert "no answer before the deadline" in complaint(url, read=0.1)


def test_preflight_when_the_server_has_no_tls_says_so() -> None:
    with saying(LISTED) as url:
        assert "TLS failed" in complaint(url.replace("http:", "https:"))


def test_preflight_when_the_host_does_not_resolve_says_so() -> None:
    assert "cannot be used" in complaint("http://no-such-host.invalid")


@pytest.mark.parametrize(("status", "said"), [(404, "does not exist"), (403, "access denied")])
def test_preflight_when_a_given_bucket_cannot_be_used_names_it(status: int, said: str) -> None:
    listed = http(200, b"<ListBucketResult/>", "Content-Type: application/xml")
    with saying(listed, http(status)) as url:
        message = complaint(url, "theirs")
    assert said in message
    assert "--bucket theirs" in message


def test_require_usable_when_a_given_bucket_cannot_be_written_names_it(
    with_credentials: None,
) -> None:
    listed = http(200, b"<ListBucketResult/>", "Content-Type: application/xml")
    with (
        saying(listed, http(200), *[error(403, "AccessDenied")] * 2, http(204)) as url,
        pytest.raises(EndpointError, match="--bucket theirs: not writable: 403 AccessDenied"),
    ):
        require_usable(Settings(endpoint_url=url, buckets=("theirs",)))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("example.com", "is not an http:// or https:// URL"),
        ("ftp://example.com", "is not an http:// or https:// URL"),
        ("http://", "is not an http:// or https:// URL"),
        ("http://h:port", "is not a URL"),
        ("http://[::1", "is not a URL"),
        ("http://key:secret@h", "carries credentials"),
        ("http://h/?x=1", "has a query or a fragment"),
    ],
)
def test_parse_url_when_the_url_is_invalid_says_why(url: str, said: str) -> None:
    with pytest.raises(EndpointError) as caught:
        parse_url(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_require_usable_without_credentials_says_what_to_set(no_credentials: None) -> None:
    with pytest.raises(EndpointError, match="no credentials: set AWS_ACCESS_KEY_ID"):
        require_usable(Settings(endpoint_url="http://127.0.0.1:1"))


def test_require_usable_when_the_profile_does_not_exist_names_it(no_credentials: None) -> None:
    with pytest.raises(EndpointError, match="--profile nope"):
        require_usable(Settings(endpoint_url="http://127.0.0.1:1", profile="nope"))


def test_require_usable_when_the_second_account_is_the_first_says_so(
    with_credentials: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("aws") / "credentials"
    path.write_text(
        "[other]\naws_access_key_id = fake-access\naws_secret_access_key = fake-secret\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    with pytest.raises(EndpointError, match="give a second account's profile"):
        require_usable(Settings(endpoint_url="http://127.0.0.1:1", alt_profile="other"))


class Store:
    """A server that stores objects, and answers some requests as it is told to.

    Args:
        answers: by method and path.
    """

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.asked: list[str] = []
        self._answers = answers
        self.objects: dict[str, bytes] = {}

    def __call__(self, request: Request) -> Answer:
        line = f"{request.method} {request.path}"
        self.asked.append(line)
        if line in self._answers:
            return self._answers[line]
        if request.method == "PUT":
            self.objects[request.path] = request.body
        elif request.method == "DELETE":
            self.objects.pop(request.path, None)
        return Answer(status=200, body=self.objects.get(request.path, b""))


ODD = Answer(status=200, body=b"<Buckets/>")


def usable(store: Store, *buckets: str, path: str = "") -> None:
    with serving(store) as url:
        keys = Credentials(access_key="fake-access", secret_key="fake-secret")
        endpoint = Endpoint(url=parse_url(f"{url}{path}"), region="us-east-1", credentials=keys)
        preflight.require_usable(Client(endpoint, Redactor()), buckets)


@pytest.mark.parametrize(
    "first", [ODD, Answer(status=500), serve_error(500, "InternalError"), Answer(status=404)]
)
@pytest.mark.parametrize("buckets", [[], ["theirs"]])
def test_preflight_when_only_the_first_answer_is_odd_goes_on(
    first: Answer, buckets: list[str]
) -> None:
    store = Store({"GET /": first, "GET /theirs": first})
    usable(store, *buckets)
    assert store.objects == {}
    assert "DELETE" in {line.partition(" ")[0] for line in store.asked}


def test_preflight_when_nothing_can_be_created_names_the_ways_out() -> None:
    with (
        serving(lambda _: serve_error(500, "InternalError")) as url,
        pytest.raises(EndpointError, match=r"try --bucket NAME .* --addressing virtual .*/s3/"),
    ):
        preflight.require_usable(_client(url))


def test_preflight_when_everything_is_answered_with_a_page_does_not_take_it_for_s3() -> None:
    with saying(HTML) as url:
        assert "GetObject does not return what was put" in complaint(url)


def test_preflight_below_a_path_asks_with_the_slash() -> None:
    """As boto3 does: nginx redirects from /s3 to /s3/ where it has `location /s3/`."""
    moved = Answer(status=301, headers=(("Location", "/s3/"),))
    listed = Answer(status=200, body=b"<ListAllMyBucketsResult/>")
    for path in ("/s3", "/s3/"):
        store = Store({"GET /s3": moved, "GET /s3/": listed})
        usable(store, path=path)
        assert store.asked == ["GET /s3/"]


def _client(url: str) -> Client:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    return Client(Endpoint(url=url, region="us-east-1", credentials=keys), Redactor())


def wait(url: str, seconds: float) -> int:
    """Wait for an endpoint; how many times it was asked."""
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    client = Client(endpoint, Redactor(), Deadlines(connect=5, read=5, total=10))
    preflight.wait_until_ready(client, seconds)
    return client.requests_sent


def test_wait_ends_when_the_endpoint_answers_as_s3_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "WAITED", 0.0)
    gateway = http(502, b"<html>Bad Gateway</html>", "Content-Type: text/html")
    with saying(gateway, gateway, LISTED) as url:
        assert wait(url, 60) == 3
    with saying(error(403, "AccessDenied")) as url:
        # The client asks for a denial twice; what it says of these credentials is not waited for.
        assert wait(url, 60) <= 2


def test_wait_ends_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, with_credentials: None
) -> None:
    monkeypatch.setattr(preflight, "WAITED", 0.01)
    with closing() as url:
        assert wait(url, 0.02) >= 2
        with pytest.raises(EndpointError, match="cannot be used"):
            require_usable(Settings(endpoint_url=url, wait=0.01))
