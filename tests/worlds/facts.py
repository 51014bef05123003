"""Worlds of published values alone."""

from __future__ import annotations

from pathlib import Path

from indicators.facts.demo import load_facts


def none(_folder: Path) -> None:
    """Publish nothing."""


def shipped(_folder: Path) -> None:
    """Publish all facts shipped with the project."""
    load_facts(lambda done, total: None)
