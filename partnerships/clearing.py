"""Who clears a text, over which version, and what still stops its signature. Pure.

A version that its drafter marks as material asks every office again, except those without equities. Any other version
leaves the earlier answers status. Silence never counts as an answer. `cpc_clearance_stop` states the same rules in
SQL: a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cpc.findings import Finding

FIRST_LANGUAGE = "English"
CITATION = "2 FAM 1210"
CASE_ACT = "1 U.S.C. 112b"

MOST_NAMED = 5
"""Changed terms that a finding names; it counts the others."""

CLEARS, INFORMED = "clear", "info"
REFUSES, NO_EQUITIES, EXTENSION = "does_not_clear", "no_equities", "extension"


class AnswerStatus(StrEnum):
    """Statuses of an office over a version."""

    WAITING = "waiting"
    LATE = "late"
    EXTENSION = "extension"
    CLEAR = "clear"
    WITH_EDITS = "clear_with_edits"
    WITH_COMMENTS = "clear_with_comments"
    REFUSED = "does_not_clear"
    NO_EQUITIES = "no_equities"
    SENT = "sent"
    MOVED = "moved"
    NOT_ASKED = "not_asked"


SILENT = frozenset({AnswerStatus.WAITING, AnswerStatus.LATE, AnswerStatus.EXTENSION})
"""Statuses of an office that has not answered."""


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    is_material: bool
    languages: frozenset[str]
    second_language: str = ""

    @property
    def missing_languages(self) -> list[str]:
        wanted = [FIRST_LANGUAGE, *([self.second_language] if self.second_language else [])]
        return [language for language in wanted if language not in self.languages]


@dataclass(frozen=True, slots=True)
class Asked:
    number: int
    role: str
    asked_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `key` is larger for one recorded later."""

    number: int
    key: int
    kind: str
    answered_on: date
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ClearingOffice:
    """An office or agency with what it was asked and answered; `successor` took over its functions."""

    key: int
    name: str
    asked: tuple[Asked, ...] = ()
    answers: tuple[Answer, ...] = ()
    consented: tuple[int, ...] = ()  # numbers of versions over which going on without its answer has consent
    successor: int | None = None

    @property
    def newest_request(self) -> Asked | None:
        return max(self.asked, key=lambda asked: asked.number, default=None)

    @property
    def newest_answer(self) -> Answer | None:
        return max(self.answers, key=lambda answer: (answer.number, answer.key), default=None)


@dataclass(frozen=True, slots=True)
class Cell:
    """AnswerStatus of an office over one version, as its column shows it."""

    status: AnswerStatus
    asked: Asked | None = None
    answer: Answer | None = None
    is_earlier: bool = False  # the answer is to an earlier version, and still applies
    has_ended: bool = False  # a later version is material, so that the answer no longer applies


def base_of(versions: Sequence[Version]) -> int:
    """Return the number of the newest material version: answers since then stand."""
    return max((version.number for version in versions if version.is_material), default=0)


def cell(office: ClearingOffice, version: Version, versions: Sequence[Version], today: date) -> Cell:
    """Return the status of an office over a version, given the versions up to it."""
    newest = versions[-1].number
    known = [one for one in versions if one.number <= version.number]
    base = base_of(known)
    asked = [one for one in office.asked if one.number <= version.number]
    request = max(asked, key=lambda one: one.number, default=None)
    answer = max(
        (one for one in office.answers if one.number <= version.number),
        key=lambda one: (one.number, one.key),
        default=None,
    )
    if request is None:
        return Cell(AnswerStatus.NOT_ASKED)
    if answer is not None and answer.number >= request.number and _counts(answer, base):
        ended = version.number < newest and answer.kind != NO_EQUITIES and base_of(versions) > version.number
        return Cell(AnswerStatus(answer.kind), request, answer, answer.number < version.number, ended)
    if request.role == INFORMED:
        return Cell(AnswerStatus.SENT, request)
    if office.successor is not None:
        return Cell(AnswerStatus.MOVED, request)
    if answer is not None and answer.kind == EXTENSION and answer.number >= max(base, request.number):
        is_late = version.number == newest and today > request.due_on
        return Cell(AnswerStatus.LATE if is_late else AnswerStatus.EXTENSION, request, answer)
    return Cell(AnswerStatus.LATE if today > request.due_on else AnswerStatus.WAITING, request)


def _counts(answer: Answer, base: int) -> bool:
    return answer.kind != EXTENSION and (answer.number >= base or answer.kind == NO_EQUITIES)


def asked_again(offices: Iterable[ClearingOffice]) -> list[ClearingOffice]:
    """Return the offices that a material version asks again: all that clear, except those without equities."""
    return [office for office in offices if office.asked and not _has_no_equities(office)]


def _has_no_equities(office: ClearingOffice) -> bool:
    answer = office.newest_answer
    return answer is not None and answer.kind == NO_EQUITIES


def may_go_on_without(office: ClearingOffice, versions: Sequence[Version]) -> bool:
    """Return whether another person has agreed to go on without an answer of the office to the text as it is."""
    return any(number >= base_of(versions) for number in office.consented)


def clearance_findings(
    versions: Sequence[Version],
    offices: Sequence[ClearingOffice],
    found_over: Sequence[int],
    today: date,
    changed: Sequence[str] = (),
) -> list[Finding]:
    """Return what stops the signature of a text (errors), and what goes on record without stopping it (warnings).

    `found_over` are the numbers of the versions on which the Legal Adviser made a finding; `changed` lists which
    terms of the record changed after the newest version was sent.
    """
    if not versions:
        return [Finding.error("clearance_text", "No version of the text was sent for clearance.", "", CITATION)]
    newest, base = versions[-1], base_of(versions)
    findings = [
        Finding.error(
            "clearance_language",
            f"The {language} text of version {newest.number} is missing. Both texts must be the same version.",
        )
        for language in newest.missing_languages
    ]
    if not any(number >= base for number in found_over):
        findings.append(Finding.error("legal_review", _no_finding(newest, found_over), "legal_review", CASE_ACT))
    if changed:
        findings.append(Finding.error("terms_changed", _terms_changed(newest, changed), "", CITATION))
    cells = [(office, cell(office, newest, versions, today)) for office in offices]
    clearing = [(office, one) for office, one in cells if one.asked is not None and one.asked.role == CLEARS]
    if not clearing:
        findings.append(Finding.error("clearance_not_asked", "No office was asked to clear the text.", "", CITATION))
    asked = {office.key for office, _ in clearing}
    for office, one in clearing:
        findings += _about_office(office, one, newest, versions, asked)
    return findings


def _no_finding(newest: Version, found_over: Sequence[int]) -> str:
    message = f"The Legal Adviser has made no finding on version {newest.number}."
    if found_over:
        message += f" The finding on version {max(found_over)} no longer applies: the text changed since."
    return message


def _terms_changed(newest: Version, changed: Sequence[str]) -> str:
    more = f"; and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
    return (
        f"The record's terms changed after version {newest.number} was sent. {'; '.join(changed[:MOST_NAMED])}{more}. "
        "Send a version that agrees with the record, or set the terms back."
    )


def _about_office(
    office: ClearingOffice, one: Cell, newest: Version, versions: Sequence[Version], asked: set[int]
) -> list[Finding]:
    assert one.asked is not None
    if one.status is AnswerStatus.REFUSED and one.answer is not None:
        message = f"{office.name} does not clear version {newest.number}: “{one.answer.comment}”"
        return [Finding.error("does_not_clear", message, "", CITATION)]
    if one.status is AnswerStatus.WITH_EDITS:
        message = f"{office.name} clears with edits. Check that version {newest.number} has them."
        return [Finding.warning("clears_with_edits", message, "", CITATION)]
    is_moved = one.status is AnswerStatus.MOVED and office.successor in asked
    if one.status not in SILENT | {AnswerStatus.MOVED} or is_moved:
        return []
    if may_go_on_without(office, versions):
        message = f"{office.name} has not answered. An approver agreed to go on without its answer."
        return [Finding.warning("went_on_without", message, "", CITATION)]
    due = "Its answer was due" if one.status is AnswerStatus.LATE else "It has until"
    day = f"{one.asked.due_on:%b} {one.asked.due_on.day}, {one.asked.due_on.year}"
    message = f"{office.name} has not answered on version {newest.number}. {due} {day}."
    return [Finding.error("clearance_silence", message, "", CITATION)]


def reminder_due(due_on: date, asked_on: date, today: date, before: date) -> str:
    """Return the occasion of a reminder on a day: "before" from two workdays before the due day, "due" on it, or "".

    `before` is the day two workdays earlier. An office asked later than that gets the second reminder only.
    """
    if today == due_on:
        return "due"
    return "before" if before <= today < due_on and asked_on < before else ""
