from __future__ import annotations
from collections.abc import Sequence
from conformance.results import Document
def markdown(documents: Sequence[Document]) -> str: return ""
def terminal(document: Document) -> list[str]: return []
def badge(document: Document) -> str: return ""
