"""List of tiers with what each source names, its finding, and the table of a spot check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.web import formats
from cpc.web.badges import status
from cpc.web.markup import link
from cpc.web.tables import Column, Empty, Table
from indicators.models import TierConfirmation
from indicators.observations.witness import WitnessVerdict
from indicators.sources.base import Quality
from indicators.sources.tip_report import TIER_2_WATCH_LIST
from indicators.sources.world_factbook_fields import NEITHER_LIST, NOT_LISTED
from indicators.tier_confirmations.queries import Group, StatedTier, TierRow
from indicators.tier_confirmations.spot_checks import Case, CheckState, SpotCheck

FIRST = 20
"""The first countries of the ranking, as in the queue of the home page."""
PER_PAGE = 20

FORM_COLUMNS: tuple[Column[object], ...] = tuple(
    Column(name, lambda _row: "", width=width)
    for name, width in (("report_year", 12), ("iso3", 8), ("country", 28), ("tier", 18), ("source", 32), ("flag", 28))
)
FORM_NOTES = (
    ("report_year", "The year on the cover of the report."),
    ("iso3, country", "The ISO 3166 alpha-3 code, the name, or both."),
    (
        "tier",
        "Tier 1, Tier 2, Tier 2 Watch List, Tier 3, or Special Case. Without one, the tier goes.",
    ),
    ("source", "Where you read the tier, such as the page of the report."),
    ("flag", "Empty if the report states the tier. Begin with unconfirmed or inferred if it does not."),
)

_SILENT = {NOT_LISTED: "Tier 1 or 2", NEITHER_LIST: "Tier 1, 2, or Special Case"}


def short(tier: str) -> str:
    return "Watch List" if tier == TIER_2_WATCH_LIST else tier


def _stated(stated: StatedTier) -> str:
    marks = {Quality.INFERRED: ", inferred", Quality.STATED: ", stated"}
    return short(stated.tier) + marks.get(Quality(stated.quality), "") if stated.tier else ""


def _before(row: TierRow) -> str:
    inferred = ", inferred" if row.before.quality == Quality.INFERRED else ""
    return short(row.before.tier) + inferred if row.before.tier else ""


def _factbook(row: TierRow) -> str:
    if row.witness is None:
        return ""
    label = row.witness.statement.label
    differs = ", differs" if row.witness.verdict is WitnessVerdict.CONTRADICTS else ""
    return _SILENT.get(label, short(label)) + differs


def list_url(year: int, code: str = "", fragment: str = "") -> str:
    query = {"year": year} | ({"country": code} if code else {})
    return f"{reverse('tier-list')}?{urlencode(query)}{f'#{fragment}' if fragment else ''}"


def cited(confirmation: TierConfirmation) -> str:
    """Return where a tier was read: its page, or the loaded text."""
    return f"p. {confirmation.page}" if confirmation.page else "loaded text"


def state_of(row: TierRow, user: User) -> SafeString:
    """Return the state of a tier, without the answer of another person that a second one may still have to read."""
    mine = row.confirmation
    if mine is not None:
        if mine.recorded_by_id != user.pk:
            return status("info", "Confirmed, not yet checked")
        if mine.tier != row.record.label:
            return status("warn", f"{short(mine.tier)}, differs")
        return status("good", f"{short(mine.tier)}, {cited(mine)}")
    if row.published is not None:
        return status("good", f"{short(row.record.label)}, {cited(row.published)}")
    if row.group is Group.DIFFERS:
        return status("warn", "Sources differ")
    return (
        status("good", f"{short(row.record.label)}, stated")
        if row.group is Group.CONFIRMED
        else status("unknown", "Not confirmed")
    )


def tier_table(rows: Sequence[TierRow], *, year: int, user: User, selected: str) -> Table[TierRow]:
    """Return the table of all tiers; the narrative has a column if one of them is loaded."""
    headings = group_headings(rows)
    # A list that the office filled in from the report is no third party's.
    listed = "Third-party list" if any(row.listed.quality == Quality.UNCONFIRMED for row in rows) else "List on file"

    def country(row: TierRow) -> SafeString:
        url = list_url(year, row.country.code, "country")
        if row.country.code == selected:
            return format_html('<a href="{}" aria-current="true">{}</a>', url, row.country.name)
        return link(url, row.country.name)

    texts: list[Column[TierRow]] = [Column("Narrative", lambda row: short(row.narrative.tier) if row.narrative else "")]
    return Table(
        "Tiers",
        [
            Column("Country", country),
            Column("Rank", lambda row: row.position.rank, "number"),
            Column(listed, lambda row: _stated(row.listed)),
            Column("World Factbook", _factbook),
            Column(f"{year - 1} report", _before),
            *(texts if any(row.narrative for row in rows) else ()),
            Column("State", lambda row: state_of(row, user)),
        ],
        caption=f"Tiers of the {year} report and what each source names",
        per_page=PER_PAGE,
        group=lambda row: headings[row.group],
        row_css=lambda row: "is-on" if row.country.code == selected else "",
        css="w-tiers usa-table--hover",
        empty=Empty("No tier matches", "Change the country or the state above.", "search"),
    )


def group_headings(rows: Sequence[TierRow]) -> dict[Group, str]:
    """Return the heading of each group with its count."""
    counts = {group: sum(row.group is group for row in rows) for group in Group}
    sitting = sum(row.confirmation is not None for row in rows)
    before = counts[Group.CONFIRMED] - sitting
    return {
        Group.DIFFERS: f"Sources differ: {formats.number(counts[Group.DIFFERS])}",
        Group.OPEN: f"Not confirmed: {formats.number(counts[Group.OPEN])}, ranked countries first",
        Group.CONFIRMED: f"Confirmed: {formats.number(sitting)} in this sitting, {formats.number(before)} before",
    }


@dataclass(frozen=True, slots=True)
class TierCounts:
    """Counts of the finding above the list; `weak` rest on one third-party list, `narrowed` of them by the Factbook."""

    tiers: int
    confirmed: int
    weak: int
    first: int
    narrowed: int
    inferred: int
    differing: int
    in_sitting: int

    @property
    def waiting(self) -> int:
        return self.tiers - self.confirmed


def counts_of(rows: Sequence[TierRow]) -> TierCounts:
    open_ = [row for row in rows if row.is_open]
    weak = [row for row in open_ if row.record.quality == Quality.UNCONFIRMED and row.listed.tier]
    return TierCounts(
        tiers=len(rows),
        confirmed=len(rows) - len(open_),
        weak=len(weak),
        first=sum((row.position.rank or FIRST + 1) <= FIRST for row in weak),
        narrowed=sum(row.witness is not None and row.witness.verdict is WitnessVerdict.NARROWS for row in weak),
        inferred=sum(row.record.quality == Quality.INFERRED for row in open_),
        differing=sum(row.group is Group.DIFFERS for row in open_),
        in_sitting=sum(row.confirmation is not None for row in rows),
    )


def case_state(case: Case, user: User) -> SafeString:
    """Return the state of a drawn tier; a difference is named only to the two people who differ."""
    if case.reading is None:
        return status("info", "You confirmed it" if case.is_of(user) else "Waits for a second person")
    if not case.is_settled:
        return status("warn", "Differs, not settled")
    if case.is_different:
        return status("good", "Settled")
    return status("good", "Both agree")


def case_table(check: SpotCheck, user: User, *, may_confirm: bool) -> Table[Case]:
    """Return the table of a spot check: answers are shown to the two who gave them, and to all once it is done."""
    is_done = check.state is CheckState.DONE

    def may_see(case: Case) -> bool:
        return is_done or case.shows_first_answer_to(user)

    def action(case: Case) -> SafeString | str:
        if is_done or not may_confirm:
            return ""
        if case.reading is None:
            url = reverse("tier-read", args=[check.sitting.pk, case.draw.pk])
            return "" if case.is_of(user) else link(f"{url}#country", "Read", f" {case.confirmation.country.name}")
        if case.is_settled or not case.shows_first_answer_to(user):
            return ""
        url = reverse("tier-settle", args=[check.sitting.pk, case.draw.pk])
        return link(url, "Settle", f" {case.confirmation.country.name}")

    return Table(
        "Spot check",
        [
            Column("Country", lambda case: case.confirmation.country.name),
            Column("First answer", lambda case: short(case.confirmation.tier) if may_see(case) else "Hidden"),
            Column("Second answer", lambda case: short(case.reading.tier) if case.reading and may_see(case) else ""),
            Column("Drawn", lambda case: case.draw.get_reason_display() if may_see(case) else "Shown afterward"),
            Column("State", lambda case: case_state(case, user)),
            Column("Action", action, hidden_label=True, is_action=True),
        ],
        caption="Tiers that a second person reads",
        empty=Empty("Nothing is drawn yet", "The tiers are drawn once all of the report are confirmed.", "schedule"),
    )
