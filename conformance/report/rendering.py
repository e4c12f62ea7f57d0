"""Templates, and how text that a server chose is made harmless in each kind of output."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape

from conformance.neutral import inert
from conformance.report.tally import mark, relied_on, when
from conformance.report.vocabulary import DRAWN, LEVELS
from conformance.verdict import ICONS, OUTCOME_ICONS

if TYPE_CHECKING:
    from jinja2 import Environment

# Control characters, and those that change the direction or the sight of what follows.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]|~]")
# What GitHub and GitLab take for a mention or a reference, even behind a backslash.
_REFERENCE: Final = re.compile(r"([@#!])(?=\w)")
_COMMAND: Final = re.compile(r"#(?=#)|(?<!\S):(?=:)")
_KIB: Final = 1024
_MINUTE: Final = 60


def visible(text: str) -> str:
    """Spell out characters that a reader would not see, or that would move what is seen."""
    return _UNSEEN.sub(_spell, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Text for a place where a line break would break more than the line."""
    return inert(" ".join(visible(text).split()))


def shortened(text: str, limit: int) -> str:
    """One line of at most so many characters."""
    text = one_line(text)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def escape_markdown(value: object) -> Markup:
    """Make text inert in GitHub's and GitLab's Markdown, table cells included.

    Besides markup: no mention of a user, no reference to an issue, no link made of an address,
    no formula. What is `Markup` is Markdown already.
    """
    if isinstance(value, Markup):
        return value
    text = one_line(str(value))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN.sub(r"\\\g<0>", text)
    text = _REFERENCE.sub("\\1\u200b", text).replace("$", "&#36;")
    return as_markup(text.replace("://", ":\\//").replace("www.", "www\\."))


@cache
def environment(kind: str) -> Environment:
    """The templates of one kind of output, in which whatever is put out is escaped for it.

    Args:
        kind: `html` (which does for SVG too) or `md`.
    """
    # Collecting a matrix and observing it render nothing.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    templates = Environment(
        loader=FileSystemLoader(template_directory(), encoding="utf-8"),
        # Whatever its name: there is no template into which text may go as it is. In Markdown,
        # finalize has escaped it before Jinja looks.
        autoescape=True,
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
        "relied_on": relied_on,
        "drawn": DRAWN.get,
        "id_lead": id_lead,
        "level_title": lambda level: LEVELS.get(level, level.capitalize()),
        "icon": lambda word: ICONS[word],
        "outcome_icon": lambda outcome: OUTCOME_ICONS[outcome],
        "page_name": page_name,
        "link": web_link,
        "mark": mark,
        "target": target,
        "plural": plural,
        "when": when,
        "short": shortened,
        "code": lambda text: as_markup(f"<code>{escape_markdown(text)}</code>"),
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
    return re.sub(r"\s+", "_", visible(row_id))


def id_lead(row_id: str, feature: str | None) -> str:
    """What of a row's id stands before its feature, the operation's name above all."""
    return row_id.removesuffix(feature) if feature else ""


def page_name(source: str) -> str:
    """The last part of a page's URL, for a link that does not fill its cell."""
    return source.rstrip("/").rpartition("/")[2].removesuffix(".html") or source


def web_link(url: str) -> str | None:
    """The URL, if it is one a reader may safely follow."""
    return url if re.fullmatch(r"https?://\S+", url) else None


def target(url: str) -> str:
    """What of a URL stands in a request's first line."""
    path = re.sub(r"^https?://[^/?#]*", "", url)
    return path if path.startswith("/") else f"/{path}"


def fragment(row_id: str) -> str:
    """The link to a row of the same page; behind a `?` would stand filters."""
    return "#" + quote(anchor(row_id), safe="/-._~()!$&'*+,;=:@")


def plural(count: int, noun: str) -> str:
    """A count and what is counted."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def human_bytes(count: int) -> str:
    """A size as a reader takes it in."""
    return f"{count:,} B" if count < _KIB else f"{count / _KIB:,.1f} KiB"


def duration(seconds: float) -> str:
    """A time span as a reader takes it in."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"


def _visible_or_markup(value: object) -> object:
    if type(value) is not str:
        return value
    text = visible(value)
    if "##" not in text and "::" not in text:
        return text
    # The same to a browser, and no command to a CI runner in whose log the page is shown.
    return as_markup(_COMMAND.sub(lambda it: f"&#{ord(it[0])};", str(escape(text))))


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def as_markup(text: str) -> Markup:
    """Text of our own templates, which is markup already."""
    return Markup(text)  # noqa: S704
