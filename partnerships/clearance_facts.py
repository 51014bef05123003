"""The outcome of a clearance, as facts above the form of a signature or of a decision on an amendment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cpc.web import formats
from partnerships.clearing import SILENT, AnswerStatus
from partnerships.lookups.clearance import Clearance

Facts = list[tuple[str, Any]]
AGREES = frozenset({AnswerStatus.CLEAR, AnswerStatus.WITH_EDITS, AnswerStatus.WITH_COMMENTS, AnswerStatus.NO_EQUITIES})


def version_facts(clearance: Clearance, label: str) -> Facts:
    """Return the newest version of the text with its files; nothing without one."""
    newest = clearance.newest
    if newest is None:
        return []
    rows = [
        (reverse("partnership-document-file", args=[newest.partnership_id, row.document_id]), row.language)
        for row in newest.files.all()
    ]
    files = format_html_join(", ", '<a href="{}">{}</a>', rows) or "no file"
    return [(label, format_html("{} of {}: {}", newest, formats.day(newest.dated), files))]


def answer_facts(clearance: Clearance, today: date) -> Facts:
    """Return the finding of the Legal Adviser, and who cleared, refused, or has not answered."""
    if clearance.newest is None:
        return []
    found = clearance.current_finding
    legal = f"{found.get_result_display()}, {found.version}, {formats.day(found.found_on)}" if found else "None yet"
    by_status: dict[str, list[str]] = {}
    for office, one in clearance.statuses(today):
        by_status.setdefault(_word(one.status), []).append(office.name)
    facts: Facts = [("Finding of the Legal Adviser", legal)]
    return facts + [(label, _names(by_status[label])) for label in WORDS if label in by_status]


WORDS = ("Cleared by", "Does not clear", "Has not answered")


def _word(status: AnswerStatus) -> str:
    if status in AGREES:
        return "Cleared by"
    return "Does not clear" if status is AnswerStatus.REFUSED else "Has not answered" if status in SILENT else ""


def _names(names: Sequence[str]) -> str:
    return "; ".join(names)
