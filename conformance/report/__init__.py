"""Renderings of results files: a page to explore, a job summary, three lines, a badge.

Every rendering is made from documents alone: no clock, no network, no credentials, so the same
results give the same bytes. All of them refuse documents that contradict themselves, and say
INCOMPLETE in their first line when a run was cut short.
"""

from __future__ import annotations

from conformance.report.badges import badge, shields
from conformance.report.brief import markdown, terminal
from conformance.report.curl import curl_script
from conformance.report.difference import (
    difference_lines,
    difference_markdown,
    differences,
)
from conformance.report.gate_lines import gate_lines, gate_markdown
from conformance.report.page import html
from conformance.report.sarif import sarif

__all__ = [
    "badge",
    "curl_script",
    "difference_lines",
    "difference_markdown",
    "differences",
    "gate_lines",
    "gate_markdown",
    "html",
    "markdown",
    "sarif",
    "shields",
    "terminal",
]
