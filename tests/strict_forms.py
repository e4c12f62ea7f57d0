"""What a browser's form must have for its file to be stored."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from conformance.s3.endpoint import Credentials
from conformance.serve.http import Request

FIELD: Final = re.compile(rb'name="([\w-]+)"\r\n\r\n([^\r]*)\r\n')
DENIED: Final = (403, "AccessDenied")
NOT_PROMISED: Final = frozenset({"policy", "x-amz-signature", "file", "key"})


def is_form(request: Request) -> bool:
    """Whether a request is a form's, signed within."""
    return request.method == "POST" and "multipart/form-data" in (
        request.header("Content-Type") or ""
    )


def sent(request: Request) -> dict[str, str]:
    """The form's fields, its file left out."""
    return {name.decode(): value.decode() for name, value in FIELD.findall(request.body)}


def file_of(request: Request) -> bytes:
    """The form's file, which comes last."""
    behind = request.body.partition(b'name="file"')[2].partition(b"\r\n\r\n")[2]
    return behind.rpartition(b"\r\n--")[0]


def fault(request: Request, keys: Credentials) -> tuple[int, str] | None:
    """Status and code of the refusal of a form; None for one that is right."""
    fields = sent(request)
    text = fields.get("policy")
    if text is None:
        return DENIED
    if _signature(fields, text, keys) != fields.get("x-amz-signature"):
        return (403, "SignatureDoesNotMatch")
    policy = json.loads(base64.b64decode(text))
    if datetime.fromisoformat(policy["expiration"]) < datetime.now(UTC):
        return DENIED
    bucket = request.path.strip("/")
    return _unmet(policy["conditions"], {**fields, "bucket": bucket}, len(file_of(request)))


def _signature(fields: Mapping[str, str], policy: str, keys: Credentials) -> str:
    key = f"AWS4{keys.secret_key}".encode()
    for word in fields.get("x-amz-credential", "").split("/")[1:]:
        key = hmac.digest(key, word.encode(), "sha256")
    return hmac.digest(key, policy.encode(), "sha256").hex()


def _unmet(
    conditions: Sequence[Any], fields: Mapping[str, str], size: int
) -> tuple[int, str] | None:
    named = {"bucket"}
    for each in conditions:
        if isinstance(each, dict):
            ((name, value),) = each.items()
            right = fields.get(name) == value
        elif each[0] == "content-length-range":
            if size > each[2]:
                return (400, "EntityTooLarge")
            if size < each[1]:
                return (400, "EntityTooSmall")
            continue
        else:
            name, value = each[1].removeprefix("$"), each[2]
            right = fields.get(name, "").startswith(value)
        if not right:
            return DENIED
        named.add(name)
    loose = {name for name in fields if not name.startswith("x-ignore-")}
    return DENIED if loose - named - NOT_PROMISED else None
