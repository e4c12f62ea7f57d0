"""Templates, and how text that a server chose is made harmless in each kind of output."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.report.view import mark
from conformance.verdict import Documented, Observed

ICONS: Final = {
    Documented.IMPLEMENTED: "✅",
    Documented.EXPERIMENTAL: "🚧",
    Documented.UNIMPLEMENTED: "❌",
    Observed.SUPPORTED: "✅",
    Observed.PARTIAL: "🚧",
    Observed.IGNORED: "❌",
    Observed.REJECTED: "❌",
    Observed.BROKEN: "❌",
    Observed.UNPROVEN: "❔",
    Observed.UNKNOWN: "❔",
}
# Control characters, and those that change the direction or the sight of what follows.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]|~#]")
_KIB: Final = 1024
_MINUTE: Final = 60


class Ready(str):
    """Text that is Markdown already."""

    __slots__ = ()


def visible(text: str) -> str:
    """Spell out characters that a reader would not see, or that would move what is seen."""
    return _UNSEEN.sub(_spell, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def escape_markdown(value: object) -> str:
    """Make text inert in GitHub's and GitLab's Markdown, table cells included.

    Besides markup: no mention of a user, no reference to an issue, no link made of an address.
    """
    if isinstance(value, Ready):
        return value
    text = one_line(str(value))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN.sub(r"\\\g<0>", text)
    return text.replace("@", "@\u200b").replace("://", ":\\//").replace("www.", "www\\.")


@cache
def environment(kind: str) -> Environment:
    """The templates of one kind of output, in which whatever is put out is escaped for it.

    Args:
        kind: `html` (which does for SVG too) or `md`.
    """
    templates = Environment(
        loader=FileSystemLoader(template_directory(), encoding="utf-8"),
        # By kind, not by name: there is no template whose text may go out as it is.
        autoescape=kind == "html",
        finalize=_visible_or_markup if kind == "html" else escape_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "anchor": anchor,
        "bytes": human_bytes,
        "duration": duration,
        "fragment": fragment,
        "icon": lambda word: ICONS[word],
        "link": web_link,
        "mark": mark,
        "target": target,
        "plural": plural,
        "code": lambda text: Ready(f"<code>{escape_markdown(text)}</code>"),
    }
    templates.filters.update(filters)
    return templates


def template_directory() -> Path:
    """In a wheel the templates are part of the package; in a checkout they have a room."""
    package = Path(__file__).parents[1]
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "reports" / "templates"


def asset(name: str) -> str:
    """A style sheet or a script, as text."""
    return (template_directory() / name).read_text(encoding="utf-8")


def anchor(row_id: str) -> str:
    """A row's id as an HTML id, which must not hold white space."""
    return re.sub(r"\s+", "_", row_id)


def web_link(url: str) -> str | None:
    """The URL, if it is one a reader may safely follow."""
    return url if re.match(r"https?://[^\s]+$", url) else None


def target(url: str) -> str:
    """What of a URL stands in a request's first line."""
    path = re.sub(r"^https?://[^/?#]*", "", url)
    return path if path.startswith("/") else f"/{path}"


def fragment(row_id: str) -> str:
    """The link to a row of the same page."""
    return "#" + quote(anchor(row_id), safe="/-._~()!$&'*+,;=:@?")


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def human_bytes(count: int) -> str:
    return f"{count:,} B" if count < _KIB else f"{count / _KIB:,.1f} KiB"


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"


def _visible_or_markup(value: object) -> object:
    return visible(value) if type(value) is str else value


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def as_markup(text: str) -> Markup:
    """Text of our own templates, which is markup already."""
    return Markup(text)  # noqa: S704
