"""The page of a publication: elements, checks, and what is withheld, as text, badges, and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import link
from cpc.web.pages import all_pages
from cpc.web.tables import Column, Empty, Table
from partnerships.models import Partnership, Withholding, WithholdingEffect, WithholdingKind
from partnerships.publication.assembly import PortfolioFile, Publication
from partnerships.publication.checks import Check
from partnerships.publication.elements import NONE, FileElement
from partnerships.withheld import OutsideView, WithheldItem, same

FIRST_LINES = 120
PERIODS = ((12, 31), (3, 31), (6, 30), (9, 30))
"""Ends of the quarters of a fiscal year."""


def heading(publication: Publication) -> str:
    count = len(publication.missing)
    if not count:
        return "Nothing is missing from this publication"
    elements = formats.spell_out(count, "element is", "elements are")
    return f"{elements} missing before this could be published"


def lede(publication: Publication) -> str:
    """Return what is withheld, and why the file is not published now."""
    facts = publication.facts
    determined = sum(item.determination is not None for item in publication.outside.items)
    by_rule = len(publication.outside.items) - determined
    parts = [
        f"{formats.count_of(determined, 'item')} by determination" if determined else "",
        f"{formats.count_of(by_rule, 'name or location', 'names and locations')} by the rule" if by_rule else "",
        f"{formats.count_of(facts.hidden_values, 'value')} by the rule on small numbers" if facts.hidden_values else "",
    ]
    reasons = [part for part in parts if part]
    sentences = [f"Withheld on purpose: {formats.listing(reasons)}." if reasons else "Nothing is withheld."]
    if facts.is_sample:
        sentences.append("A sample is never sent.")
    elif not facts.is_signed:
        sentences.append("It goes out once the partnership is signed.")
    return " ".join(sentences)


def elements_table(partnership: Partnership, user: User) -> Table[FileElement]:
    def state(row: FileElement) -> Badge:
        if row.is_withheld:
            return Badge("info", row.state_text, "lock")
        return Badge(row.state, row.state_text)

    def note(row: FileElement) -> str:
        remedy = row.remedy
        if remedy is None or not _opens(user, partnership, remedy.page):
            return row.note
        keys = [partnership.pk] if remedy.key is None else [partnership.pk, remedy.key]
        return format_html("{} {}", row.note, link(reverse(remedy.page, args=keys), remedy.label, f": {row.label}"))

    return Table(
        "Elements of the activity",
        [
            Column(
                "Element", lambda row: row.label, detail=lambda row: format_html("<code>{}</code>", row.tag), width=24
            ),
            Column("Text that goes out", lambda row: row.text, html=_text, phone="Goes out", css="is-wide", width=60),
            Column("State", state, "badge", detail=note),
        ],
        caption="Elements of the activity in the order of the file",
        group=lambda row: row.group,
        css="c-pub",
    )


def _opens(user: User, partnership: Partnership, page: str) -> bool:
    """Return whether an account that edits opens a page: of a documented partnership, those of publication alone."""
    exists = partnership.is_run_here or page.startswith("partnership-publication")
    may = any(one.name == page and one.opens_for(user) for one in all_pages())
    return exists and may and user.allows(Permission.EDIT_PARTNERSHIPS)


def _text(row: FileElement) -> SafeString:
    if not row.text and not row.held:
        nothing = "None" if row.state == NONE else "Nothing on record"
        return format_html('<span class="u-muted">{}</span>', nothing)
    if not row.held:
        return format_html("{}", row.text)
    between = "; " if row.text else ""
    return format_html('{}{}<span class="c-held">{}</span>', row.text, between, row.held)


@dataclass(frozen=True, slots=True)
class ShownCheck:
    mark: Badge
    text: str


def checks(rows: Sequence[Check]) -> list[ShownCheck]:
    return [ShownCheck(Badge("good" if row.is_good else "warn", row.name), row.text) for row in rows]


@dataclass(frozen=True, slots=True)
class ShownDetermination:
    """A determination in force, or a proposal that waits: what it is about, and what the reader can do."""

    row: Withholding
    title: str
    lines: Sequence[str]
    review: Badge | None
    decide_url: str
    retract_url: str
    not_yours: str


@dataclass(frozen=True, slots=True)
class PageReader:
    """The account that reads the page: what it sees, and whether it edits and decides."""

    user: User
    sees: bool
    edits: bool
    decides: bool


def determinations(
    rows: Sequence[Withholding], reader: PageReader, outside: OutsideView, today: date
) -> list[ShownDetermination]:
    """Return the proposals that wait and the determinations in force; a newer one on the same item holds."""
    shown = []
    holding: set[tuple[str, str]] = set()
    for row in rows:
        key = row.kind, same(row.item)
        if not row.is_open and key in holding:
            continue
        if not row.is_open:
            holding.add(key)
        shown.append(_determination(row, reader, outside, today))
    return shown


def _determination(row: Withholding, reader: PageReader, outside: OutsideView, today: date) -> ShownDetermination:
    what = "Name of" if row.kind == WithholdingKind.NAME else "Location"
    item = row.item if reader.sees else outside.shown(row.item)
    withholds = row.effect == WithholdingEffect.WITHHOLD
    lines = [row.get_ground_display()] if row.ground else []
    if reader.sees:
        lines.append(row.reason)
    if withholds:
        lines.append(f"Prints instead: “{outside.shown(row.item)}”.")
    who, day = (row.proposed_by, row.at) if row.is_open else (row.decided_by, row.decided_at)
    did = "Proposed by" if row.is_open else "Determined by"
    lines.append(f"{did} {who}, {formats.day(day)}; review by {formats.day(row.review_on)}")
    not_yours = why_not_decide(row, reader.user) if row.is_open and reader.decides else ""
    url = reverse("partnership-withholding", args=[row.partnership_id, row.pk])
    return ShownDetermination(
        row=row,
        title=f"{what} {item}: {'withheld' if withholds else 'released'}{', proposed' if row.is_open else ''}",
        lines=lines,
        review=Badge("warn", "Review is due") if row.review_on <= today else None,
        decide_url=url if row.is_open and reader.decides and not not_yours else "",
        retract_url=f"{url}retract/" if row.is_open and reader.edits else "",
        not_yours=not_yours,
    )


def withheld_table(partnership: Partnership, *, edits: bool) -> Table[WithheldItem]:
    """Return the table of what is withheld by the rule, for those who run the partnership."""

    def propose(row: WithheldItem) -> SafeString | str:
        url = reverse("partnership-withholding-new", args=[partnership.pk])
        query = urlencode({"kind": row.kind.value, "item": row.item})
        return link(f"{url}?{query}", "Propose to release", f": {row.item}") if edits else ""

    return Table(
        "Withheld by the rule",
        [
            Column("Item", lambda row: row.item, detail=lambda row: row.kind.label),
            Column("Prints instead", lambda row: row.prints),
            Column("Change", propose, hidden_label=True, is_action=True),
        ],
        empty=Empty("Nothing is withheld by the rule", "No name or location on record needs it.", "lock"),
    )


def next_quarter(today: date) -> date:
    """Return the end of the quarter whose update falls due next."""
    year = fiscal_year(today)
    ends = [date(year - 1 if month == 12 else year, month, day) for month, day in PERIODS]
    return next(end for end in ends if end >= today)


def first_lines(data: bytes) -> tuple[str, int]:
    """Return the first lines of a file, and how many it has."""
    lines = data.decode().splitlines()
    return "\n".join(lines[:FIRST_LINES]), len(lines)


def portfolio_table() -> Table[Publication]:
    def state(row: Publication) -> Badge:
        if row.is_ready:
            return Badge("good", "Goes out")
        count = len(row.missing)
        return Badge("warn", f"{count} missing" if count else "A check failed")

    def country(row: Publication) -> SafeString:
        url = reverse("partnership-publication", args=[row.partnership.pk])
        return link(url, row.partnership.country.name, f", {row.facts.identifier}")

    def lacking(row: Publication) -> str:
        errors = [check.name for check in row.checks if not check.is_good]
        return formats.listing([one.label.lower() for one in row.missing] or errors) if not row.is_ready else ""

    return Table(
        "Partnerships",
        [
            Column("Partnership", lambda row: row.partnership.country.name, html=country),
            Column("Identifier", lambda row: row.facts.identifier),
            Column("Status", lambda row: row.partnership.get_status_display()),
            Column("State", state, "badge"),
            Column("Missing", lacking, css="is-wide"),
        ],
        empty=Empty("No partnership is signed", "The file has partnerships once they are signed."),
    )


def portfolio_heading(file: PortfolioFile) -> str:
    total = len(file.included) + len(file.left_out)
    return f"{formats.number(len(file.included))} of {formats.count_of(total, 'partnership')} can be published"
