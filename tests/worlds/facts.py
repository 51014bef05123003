"""Worlds of the data that the project ships."""

from __future__ import annotations

from pathlib import Path

from indicators.facts.reader import load_facts
from partnerships.demo import load_partnerships


def none(_folder: Path) -> None:
    """Publish nothing."""


def shipped(_folder: Path) -> None:
    """Publish all facts shipped with the project."""
    load_facts(lambda done, total: None)


def real_partnerships(_folder: Path) -> None:
    """Record the eight real partnerships."""
    load_partnerships(lambda done, total: None)
