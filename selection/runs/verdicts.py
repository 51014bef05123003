"""Verdicts above a list or a page, and the figures below them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure; `mark` is the kind of a status, `group` names the group of ranked countries that it links to."""

    term: str
    value: str
    note: str = ""
    mark: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """A sentence that could be false, its limits, and its figures."""

    finding: str
    context: str = ""
    facts: tuple[Fact, ...] = ()
