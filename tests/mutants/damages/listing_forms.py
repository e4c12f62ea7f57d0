"""What can go wrong with listings in their forms, and where one is not alone in the bucket."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, Respond, asking, edited, when
from tests.mutants.listing_faults import dropped, flipped, misread, named

BASE: Final = "ListObjects(V2)?"
OVER: Final = "Versioning/list-over-keys"
UPLOADS: Final = "ListMultipartUploads"
BARE: Final = edited(rb'<ETag>(?:&quot;|&#34;|")([^<&"]*)(?:&quot;|&#34;|")', rb"<ETag>\1")
CONTENTS: Final = rb"<Contents>(?:(?!</Contents>).)*</Contents>"


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _resumed_in_folder(request: Request, behind: Behind) -> Answer:
    """A page that begins inside of a folder ends with it, and is the last."""
    answer = behind.ask(request)
    asked = request.parameters
    resumed = "continuation-token" in asked or "marker" in asked
    if "delimiter" in asked or "max-keys" not in asked:
        return answer
    last: bytes = behind.memory.get("last", b"")
    keys = re.findall(rb"<Contents>.*?<Key>(.*?)</Key>", answer.body, re.DOTALL)
    behind.memory["last"] = keys[-1] if keys else b""
    folder = b"<Key>" + last.rpartition(b"/")[0] + b"/"
    if not resumed or folder.count(b"/") <= asked.get("prefix", "").count("/"):
        return answer
    inside = re.sub(CONTENTS, lambda m: m[0] if folder in m[0] else b"", answer.body,
                    flags=re.DOTALL)  # fmt: skip
    body = re.sub(rb"<Next(?:ContinuationToken|Marker)>[^<]*</\w+>", b"", inside)
    return replace(answer, body=body.replace(b"<IsTruncated>true", b"<IsTruncated>false"))


def _without_marks(request: Request, behind: Behind) -> Answer:
    """Objects whose keys end in a slash are not listed."""
    ends = rb"<Contents>(?:(?!</Contents>).)*?/</Key>(?:(?!</Contents>).)*</Contents>"
    return edited(ends, b"")(request, behind)


def _open_uploads_listed(request: Request, behind: Behind) -> Answer:
    """Uploads that are not completed are listed as objects."""
    if request.method == "POST" and "uploads" in request.parameters:
        behind.memory.setdefault("open", []).append(request.path.strip("/"))
    answer = behind.ask(request)
    if request.method != "GET" or b"</ListBucketResult>" not in answer.body:
        return answer
    bucket, prefix = request.path.strip("/"), request.parameters.get("prefix", "")
    names = (unquote(path.partition("/")[2]) for path in behind.memory.get("open", ())
             if path.startswith(f"{bucket}/"))  # fmt: skip
    more = "".join(f"<Contents><Key>{n}</Key></Contents>" for n in names if n.startswith(prefix))
    end = b"</ListBucketResult>"
    return replace(answer, body=answer.body.replace(end, more.encode() + end))


def _completed_listed(request: Request, behind: Behind) -> Answer:
    """Uploads that are completed are listed still."""
    if request.method == "POST" and "uploadId" in request.parameters:
        behind.memory.setdefault("done", []).append(unquote(request.path).strip("/"))
    answer = behind.ask(request)
    bucket, end = request.path.strip("/"), b"</ListMultipartUploadsResult>"
    if request.method != "GET" or end not in answer.body:
        return answer
    keys = (path.partition("/")[2] for path in behind.memory.get("done", ())
            if path.startswith(f"{bucket}/"))  # fmt: skip
    more = "".join(f"<Upload><Key>{key}</Key></Upload>" for key in keys)
    return replace(answer, body=answer.body.replace(end, more.encode() + end))


def _of_any_bucket(request: Request, behind: Behind) -> Answer:
    """Uploads of every bucket are listed of each."""
    answer = behind.ask(request)
    known: dict[str, list[bytes]] = behind.memory.setdefault("uploads", {})
    known.setdefault(request.path, []).extend(
        re.findall(rb"<Upload>.*?</Upload>", answer.body, re.DOTALL)
    )
    others = b"".join(u for path, all_ in known.items() if path != request.path for u in all_)
    end = b"</ListMultipartUploadsResult>"
    return replace(answer, body=answer.body.replace(end, others + end))


def _latest_of_all(request: Request, behind: Behind) -> Answer:
    """Each version has the ETag and the Size of its key's latest."""
    answer = behind.ask(request)
    first: dict[bytes, list[bytes]] = {}

    def same(match: re.Match[bytes]) -> bytes:
        fields = [re.search(rb"<%s>.*?</%s>" % (n, n), match[0]) for n in (b"ETag", b"Size")]
        texts = [each[0] for each in fields if each]
        key = re.findall(rb"<Key>(.*?)</Key>", match[0])[0]
        entry = match[0]
        for old, new in zip(texts, first.setdefault(key, texts), strict=True):
            entry = entry.replace(old, new)
        return entry

    body = re.sub(rb"<Version>.*?</Version>", same, answer.body, flags=re.DOTALL)
    return replace(answer, body=body)


def _markers_last(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    markers = re.findall(rb"<DeleteMarker>.*?</DeleteMarker>", answer.body, re.DOTALL)
    body = re.sub(rb"<DeleteMarker>.*?</DeleteMarker>", b"", answer.body, flags=re.DOTALL)
    end = b"</ListVersionsResult>"
    return replace(answer, body=body.replace(end, b"".join(markers) + end))


def _another_today(request: Request, behind: Behind) -> Answer:
    """A bucket was created whenever one asks."""
    number = behind.memory["asked"] = behind.memory.get("asked", 0) + 1
    date = b"<CreationDate>2027-01-01T00:00:%02d.000Z<" % number
    return edited(rb"<CreationDate>[^<]*<", date)(request, behind)


def _dated(element: str, year: int) -> Respond:
    date = f"<{element}>{year}-01-01T00:00:00.000Z<".encode()
    return edited(f"<{element}>[^<]*<".encode(), date)


LINES: Final[tuple[Line, ...]] = (
    _line(f"({BASE}|ListParts)", "quoted-etags", "ETags without quotes", BARE),
    (BASE, shown_by("open-upload", anywhere("uploads are objects", _open_uploads_listed))),
    _line(f"{BASE}/prefix", "pages", "a page ends with its folder", _resumed_in_folder),
    _line(f"{BASE}/prefix", "odd-letters", "a plus is a space", misread("prefix", "%2B", "%20")),
    _line(f"{BASE}/delimiter", "folder-object", "no key ends in a slash", _without_marks),
    _line(f"{BASE}/delimiter", "is-truncated", "truncated with another delimiter",
        when(named("delimiter", "-"), flipped("false", "true"))),
    _line("ListObjectsV2/continuation-token", "empty-token", "an empty token is none",
        dropped("continuation-token", lambda r: r.parameters.get("continuation-token") == "")),
    _line(UPLOADS, "other-bucket", "uploads of any bucket", _of_any_bucket),
    (UPLOADS, shown_by("completed", anywhere("completed ones, too", _completed_listed))),
    _line(UPLOADS, "dates", "begun in another decade", _dated("Initiated", 2010)),
    _line(UPLOADS, "dates", "begun in the future", _dated("Initiated", 2040)),
    _line("ListParts", "dates", "of 1970", _dated("LastModified", 1970)),
    _line(OVER, "own-etags", "the latest's of all versions", _latest_of_all),
    _line(OVER, "interleaved", "markers after all versions", _markers_last),
    _line(OVER, "marker-alone", "a version alone is no marker", when(
        lambda r: "key-marker" not in r.parameters,
        asking(lambda r: r.without("version-id-marker")))),
    _line("ListBuckets", "date-of-today", "created in 1970", _dated("CreationDate", 1970)),
    _line("ListBuckets", "date-kept", "created whenever asked", _another_today),
)  # fmt: skip
