"""Rows of the clearance page: the stops of a signature, the offices by version, and signing days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cpc.accounts.models import Agency
from cpc.finding_targets import RecordKeys, target_of
from cpc.findings import Finding, Severity
from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.clearing import CLEARS, INFORMED, SILENT, AnswerStatus, Cell, cell
from partnerships.lookups.clearance import Clearance
from partnerships.models import (
    Amendment,
    ClearanceAnswer,
    ClearanceReminder,
    LegalFinding,
    Partnership,
    TextVersion,
)

SHOWN_VERSIONS = 3
CLEARED = frozenset({AnswerStatus.CLEAR, AnswerStatus.WITH_EDITS, AnswerStatus.WITH_COMMENTS})
BADGES: Mapping[AnswerStatus, Badge] = {
    AnswerStatus.WAITING: Badge("info", "Waiting"),
    AnswerStatus.LATE: Badge("warn", "Late, no response", "alarm"),
    AnswerStatus.EXTENSION: Badge("info", "Extension requested"),
    AnswerStatus.CLEAR: Badge("good", "Clear"),
    AnswerStatus.WITH_EDITS: Badge("good", "Clear with edits"),
    AnswerStatus.WITH_COMMENTS: Badge("good", "Clear with comments"),
    AnswerStatus.REFUSED: Badge("bad", "Does not clear"),
    AnswerStatus.NO_EQUITIES: Badge("none", "No equities"),
    AnswerStatus.SENT: Badge("none", "Sent", "mail"),
    AnswerStatus.MOVED: Badge("unknown", "Function moved"),
}
ACTS: Mapping[str, tuple[str, str]] = {
    "clearance_text": ("partnership-clearance-ask", "Send the text"),
    "clearance_language": ("partnership-clearance-language", "Add the text"),
    "clearance_not_asked": ("partnership-clearance-office", "Ask an office"),
    "clearance_silence": ("partnership-clearance-go-on", "Go on without"),
    "does_not_clear": ("partnership-clearance-answers", "Record an answer"),
    "terms_changed": ("partnership-clearance-version", "Add a version"),
    "legal_review": ("partnership-clearance-answers", "Record the finding"),
    "clears_with_edits": ("partnership-clearance-version", "Add a version"),
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One condition of the signature: it stops the signature, is printed in the record, or is fine."""

    kind: str
    title: str
    text: str
    url: str = ""
    verb: str = ""

    @property
    def icon(self) -> str:
        return {"stop": "highlight_off", "say": "warning", "ok": "check_circle"}[self.kind]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the signature beside clearance that is not met, with the page where it is."""

    message: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    version: TextVersion
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of the table: the badge, a note under it, and the comment of the office."""

    number: int
    is_newest: bool
    cell: Cell
    badge: Badge | None
    is_again: bool = False
    entered: ClearanceAnswer | None = None  # the answer, if somebody of another office entered it

    @property
    def css(self) -> str:
        """Return the classes of the cell: phones hide earlier versions of an office that does not stop the text."""
        return f"{'is-current' if self.is_newest else 'is-earlier'}{'' if self.badge else ' is-none'}"

    @property
    def comment(self) -> str:
        return self.cell.answer.comment if self.cell.answer is not None and not self.cell.is_earlier else ""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office: its role, its cells by version, its reminders, and what comes next."""

    agency: Agency
    role: str
    cells: Sequence[Shown]
    reminders: Sequence[date] = ()
    request: int | None = None
    stops: bool = False
    after_signature: ClearanceAnswer | None = None

    @property
    def status(self) -> AnswerStatus:
        return self.cells[-1].cell.status

    @property
    def is_silent(self) -> bool:
        return self.status in SILENT


@dataclass(frozen=True, slots=True)
class TextTab:
    """One text of a partnership, as the row of texts shows it."""

    number: int
    label: str
    url: str
    newest: TextVersion | None
    languages: Sequence[str] = ()
    is_current: bool = False
    signed_on: date | None = None
    asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class SigningLine:
    """Signing days of a text as on the document, the finding on it, and the day of entry."""

    text: str
    version: TextVersion | None
    finding: LegalFinding | None
    us_signed_on: date | None
    partner_signed_on: date | None
    in_effect_on: date | None
    recorded_on: date | None


def text_url(partnership: Partnership, number: int) -> str:
    if not number:
        return reverse("partnership-clearance", args=[partnership.pk])
    return reverse("partnership-clearance-text", args=[partnership.pk, number])


def obstacles(
    findings: Iterable[Finding], keys: Sequence[int], refusing: Iterable[int], *, may_edit: bool
) -> list[Obstacle]:
    """Return what stops the signature or is printed, each with the form that resolves it.

    `refusing` are the offices that do not clear the text, in the order of their findings.
    """
    shown, offices = [], iter(refusing)
    for finding in findings:
        message = formats.as_shown(finding.message)
        title, mark, text = message.partition(". " if ". " in message else ": ")
        name, verb = ACTS.get(finding.code, ("", ""))
        kind = "stop" if finding.severity is Severity.ERROR else "say"
        query = {"office": next(offices)} if finding.code == "does_not_clear" else None
        url = reverse(name, args=keys, query=query) if name and may_edit else ""
        shown.append(Obstacle(kind, title.rstrip("."), text if mark else "", url, verb))
    return sorted(shown, key=lambda obstacle: obstacle.kind != "stop")


@dataclass(frozen=True, slots=True)
class Counts:
    """Offices whose answer is expected, by what it was, and those that were asked without one being expected."""

    clear: int
    without_equities: int
    refused: int
    silent: int
    informed: int
    moved: int

    @property
    def expected(self) -> int:
        return self.clear + self.without_equities + self.refused + self.silent


def counts(clearance: Clearance, today: date) -> Counts:
    statuses = [one for _, one in clearance.statuses(today)]
    found = [one.status for one in statuses if one.asked is not None and one.asked.role == CLEARS]
    return Counts(
        clear=sum(status in CLEARED for status in found),
        without_equities=found.count(AnswerStatus.NO_EQUITIES),
        refused=found.count(AnswerStatus.REFUSED),
        silent=sum(status in SILENT for status in found),
        informed=sum(one.asked is not None and one.asked.role == INFORMED for one in statuses),
        moved=found.count(AnswerStatus.MOVED),
    )


def located_with_labels(findings: Iterable[Finding], keys: RecordKeys) -> list[Condition]:
    """Return findings with the page where each is resolved, and the label of the link to it."""
    shown = []
    for finding in findings:
        target = target_of(finding.code, keys)
        shown.append(Condition(finding.message, target.url(keys) if target else "", target.label if target else ""))
    return shown


def columns(clearance: Clearance) -> list[Column]:
    return [Column(row, row == clearance.newest) for row in clearance.versions[-SHOWN_VERSIONS:]]


def groups(
    clearance: Clearance, reminders: Iterable[ClearanceReminder], closed: Iterable[Agency], today: date
) -> Iterator[tuple[str, list[OfficeLine]]]:
    """Yield the offices of the Department of State, then other agencies with those that the statute names."""
    lines = [*_lines(clearance, list(reminders), today), *(_closed_line(agency, clearance) for agency in closed)]
    for label, is_state in (("Department of State", True), ("Other agencies", False)):
        if rows := [line for line in lines if line.agency.is_state_office is is_state]:
            yield label, rows


def _lines(clearance: Clearance, reminders: Sequence[ClearanceReminder], today: date) -> Iterator[OfficeLine]:
    entered = {row.pk: row for row in clearance.answers if _is_for_another(row)}
    late = {row.agency_id: row for row in clearance.late_answers}
    for office in clearance.offices:
        asked = office.newest_request
        request = next(
            (
                row
                for row in clearance.requests
                if row.agency_id == office.key and asked and row.version.number == asked.number and not row.removed_on
            ),
            None,
        )
        cells = []
        for column, facts in zip(columns(clearance), clearance.facts[-SHOWN_VERSIONS:], strict=True):
            found = cell(office, facts, clearance.facts, today)
            before = [one for one in office.answers if one.number < facts.number]
            is_again = bool(before) and found.status in (AnswerStatus.WAITING, AnswerStatus.LATE)
            by = entered.get(found.answer.key) if found.answer else None
            cells.append(Shown(facts.number, column.is_newest, found, BADGES.get(found.status), is_again, by))
        yield OfficeLine(
            agency=clearance.agencies[office.key],
            role=request.get_role_display() if request else "",
            cells=cells,
            reminders=[row.reminded_on for row in reminders if row.request.agency_id == office.key],
            request=request.pk if request else None,
            stops=bool(cells) and cells[-1].cell.status is AnswerStatus.REFUSED,
            after_signature=late.get(office.key),
        )


def _is_for_another(row: ClearanceAnswer) -> bool:
    return row.recorded_by is not None and row.recorded_by.agency_id != row.agency_id


def _closed_line(agency: Agency, clearance: Clearance) -> OfficeLine:
    """Return the line of an agency that the statute names and that is closed: its successor is asked instead."""
    moved = Cell(AnswerStatus.MOVED)
    cells = [
        Shown(column.version.number, column.is_newest, moved, BADGES[AnswerStatus.MOVED])
        for column in columns(clearance)
    ]
    return OfficeLine(agency, "Named in the statute", cells)


def texts(
    partnership: Partnership, amendments: Iterable[Amendment], versions: Sequence[TextVersion], current: int
) -> list[TextTab]:
    """Return the instrument and each amendment with its newest version and its signature."""
    signings = {row.amendment_id: row for row in partnership.signings.order_by("pk")}
    shown = []
    for amendment in (None, *amendments):
        own = [row for row in versions if row.amendment_id == (amendment.pk if amendment else None)]
        newest = own[-1] if own else None
        number = amendment.number if amendment else 0
        signing = signings.get(amendment.pk if amendment else None)
        days = [day for day in (signing.us_signed_on, signing.partner_signed_on) if day] if signing else []
        shown.append(
            TextTab(
                number=number,
                label=str(amendment) if amendment else "Instrument",
                url=text_url(partnership, number),
                newest=newest,
                languages=[file.language for file in newest.files.all()] if newest else (),
                is_current=number == current,
                signed_on=max(days) if days else (None if amendment else partnership.signed_on),
                asked_on=own[0].dated if own else None,
            )
        )
    return shown


def signing_lines(
    partnership: Partnership, amendments: Iterable[Amendment], versions: Sequence[TextVersion]
) -> list[SigningLine]:
    """Return the signing days of each text, the finding on it, and the day on which somebody entered them."""
    signings = {row.amendment_id: row for row in partnership.signings.order_by("pk")}
    shown = []
    for amendment in (None, *amendments):
        key = amendment.pk if amendment else None
        own = [row for row in versions if row.amendment_id == key]
        signing = signings.get(key)
        shown.append(
            SigningLine(
                text=f"Amendment {amendment.number}" if amendment else "Instrument",
                version=own[-1] if own else None,
                finding=_finding(own),
                us_signed_on=signing.us_signed_on if signing else None,
                partner_signed_on=signing.partner_signed_on if signing else None,
                in_effect_on=signing.in_effect_on if signing else None,
                recorded_on=signing.at.date() if signing else None,
            )
        )
    return shown


def _finding(versions: Sequence[TextVersion]) -> LegalFinding | None:
    base = max((row.number for row in versions if row.is_material), default=0)
    found = [finding for row in versions if row.number >= base for finding in row.findings.all()]
    return max(found, key=lambda row: row.pk, default=None)
