"""The faults, as data: what happens, to which share of the requests, and for how long."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Deed(Enum):
    """What becomes of a request that a fault meets."""

    ANSWER = "it is answered in place of the server, which never sees it"
    ANSWER_AFTER = "the server carries it out, and another answer goes back"
    RESET = "the connection is reset"
    RESET_AFTER = "the server carries it out, and the connection is reset"
    CUT = "half of the body goes back, and the connection is closed"
    CUT_TO_FIT = "half of the body goes back, with a Content-Length to match"
    TWICE = "the answer goes back twice, at once"
    TWICE_LATER = "the answer goes back once more, 20 ms later"
    HANG = "the answer comes after 12 seconds"
    DRIP = "the answer comes in ten pieces, 50 ms apart"
    CONTINUE = "100 Continue comes before the answer"
    EARLY_HINTS = "103 Early Hints comes before the answer"
    CLOSE = "the connection is closed after the answer"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of trouble.

    Attributes:
        deed: what happens.
        status: of the answer that is given in place of the server's.
        code: S3's error code in it; empty for a page of HTML.
        share: the part of the requests that the fault meets.
        window: seconds after the first request from which and to which it lasts; None for always.
        methods: the methods that it meets; empty for all.
    """

    deed: Deed
    status: int = 0
    code: str = ""
    share: float = 1.0
    window: tuple[float, float] | None = None
    methods: tuple[str, ...] = ()


SIX_SECONDS: Final = (3.0, 9.0)
TEN_SECONDS: Final = (3.0, 13.0)


def _burst(
    status: int, code: str, window: tuple[float, float] = SIX_SECONDS, *methods: str
) -> Fault:
    return Fault(deed=Deed.ANSWER, status=status, code=code, window=window, methods=methods)


def _stray(share: float, status: int, code: str, deed: Deed = Deed.ANSWER) -> Fault:
    return Fault(deed=deed, status=status, code=code, share=share)


FAULTS: Final[dict[str, Fault]] = {
    # Bursts: for some seconds every request is answered like this.
    "expired-token-6s": _burst(400, "ExpiredToken"),
    "invalid-token-6s": _burst(400, "InvalidToken"),
    "invalid-key-id-6s": _burst(403, "InvalidAccessKeyId"),
    "bad-signature-6s": _burst(403, "SignatureDoesNotMatch"),
    "clock-skew-6s": _burst(403, "RequestTimeTooSkewed"),
    "access-denied-6s": _burst(403, "AccessDenied"),
    "unauthorized-6s": _burst(401, ""),
    "no-such-bucket-6s": _burst(404, "NoSuchBucket"),
    "not-found-html-6s": _burst(404, ""),
    "not-allowed-6s": _burst(405, "MethodNotAllowed"),
    "conflict-6s": _burst(409, "OperationAborted"),
    "precondition-6s": _burst(412, "PreconditionFailed"),
    "too-many-6s": _burst(429, "TooManyRequests"),
    "not-implemented-6s": _burst(501, "NotImplemented"),
    "redirect-6s": _burst(307, "TemporaryRedirect"),
    "maintenance-page-6s": _burst(200, ""),
    "error-500-10s": _burst(500, "InternalError", TEN_SECONDS),
    "bad-gateway-10s": _burst(502, "", TEN_SECONDS),
    "slow-down-10s": _burst(503, "SlowDown", TEN_SECONDS),
    "no-writes-6s": _burst(403, "AccessDenied", SIX_SECONDS, "PUT", "POST", "DELETE"),
    "resets-4s": Fault(deed=Deed.RESET, window=(3.0, 7.0)),
    # Strays: some requests, all the time.
    "slow-down-20%": _stray(0.2, 503, "SlowDown"),
    "too-many-10%": _stray(0.1, 429, "TooManyRequests"),
    "bad-gateway-10%": _stray(0.1, 502, ""),
    "error-500-10%": _stray(0.1, 500, "InternalError"),
    "request-timeout-5%": _stray(0.05, 400, "RequestTimeout"),
    "operation-aborted-5%": _stray(0.05, 409, "OperationAborted"),
    "access-denied-5%": _stray(0.05, 403, "AccessDenied"),
    "access-denied-after-2%": _stray(0.02, 403, "AccessDenied", Deed.ANSWER_AFTER),
    "no-such-key-3%": _stray(0.03, 404, "NoSuchKey"),
    "not-implemented-3%": _stray(0.03, 501, "NotImplemented"),
    "empty-200-2%": _stray(0.02, 200, "-"),
    "maintenance-page-3%": _stray(0.03, 200, ""),
    "resets-5%": Fault(deed=Deed.RESET, share=0.05),
    "resets-after-3%": Fault(deed=Deed.RESET_AFTER, share=0.03),
    "bodies-cut-5%": Fault(deed=Deed.CUT, share=0.05),
    "bodies-cut-to-fit-3%": Fault(deed=Deed.CUT_TO_FIT, share=0.03),
    "hang-0.3%": Fault(deed=Deed.HANG, share=0.003),
    "drip-5%": Fault(deed=Deed.DRIP, share=0.05),
    # The connection.
    "twice-at-once-5%": Fault(deed=Deed.TWICE, share=0.05),
    "twice-20ms-later-5%": Fault(deed=Deed.TWICE_LATER, share=0.05),
    "continue-always": Fault(deed=Deed.CONTINUE),
    "early-hints-always": Fault(deed=Deed.EARLY_HINTS),
    "closed-always": Fault(deed=Deed.CLOSE),
}
