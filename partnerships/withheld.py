"""Names and locations as they are shown outside the office.

Under 22 U.S.C. 2394c(b)(3), an item may be withheld that would endanger those who implement a program or those whom it
serves. Until two people release them by a determination (`Withholding`), outside are withheld: the names of recipients
that are civil society or other expert entities, of every sub-award, and of other implementers, with their UEI and FAIN;
and every location nearer than a focus region. A determination withholds further names and locations. It is about a text
as the record has it, so that a name is treated the same wherever it occurs, and a renamed organization is withheld
again. What holds here holds in the IATI file, in REST for accounts and tokens that may not edit partnerships, and in
Word documents for readers outside.

    outside = seen_by(user, [partnership.pk])     # or outside_of([partnership.pk]); always six queries
    outside.name(partnership.pk, award.recipient)                  # "Implementer 2"
    outside.text(partnership.pk, award.title)                      # with every withheld name and location replaced
    None if outside.is_withheld(partnership.pk, award.recipient) else award.uei
    outside.location(partnership.pk, activity.place)                  # "Location withheld"
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from partnerships.models import (
    Activity,
    Award,
    Participant,
    Partnership,
    SubAward,
    Withholding,
    WithholdingEffect,
    WithholdingKind,
    WithholdingState,
)
from partnerships.models.awards import NAMES_WITHHELD
from partnerships.models.field_checks import WIDER_REGIONS

NAME, LOCATION = WithholdingKind.NAME, WithholdingKind.LOCATION
LOCATION_WITHHELD = "Location withheld"
WITHHELD = "withheld"
EDITORS = (Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY, Permission.APPROVE_PARTNERSHIPS)


def same(text: str) -> str:
    """Return a text as it is compared: without regard to capitals and to the width of spaces."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class WithheldItem:
    """A name or location that is withheld. Without a determination it is withheld until one releases it."""

    kind: WithholdingKind
    item: str
    prints: str
    determination: Withholding | None = None
    is_common: bool = False
    """True if the text is part of what goes out, such as a region's name, so that texts cannot leave it out."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The names and locations of one partnership in its record, and the newest determination on each.

    `recipients` are the names of awards, in their order, with whether their kind is withheld; `others` the names of
    sub-awards and of implementers of activities. `known` are names that go out: those of participants.
    """

    recipients: Mapping[str, bool]
    others: Collection[str]
    known: Collection[str]
    locations: Collection[str]
    regions: Collection[str]
    country: str
    determinations: Mapping[tuple[str, str], Withholding]


def withheld_items(record: Recorded) -> list[WithheldItem]:
    """Return what is withheld of a partnership: names in the order of their awards, then locations. Pure."""
    found: dict[tuple[str, str], WithheldItem] = {}
    opened = [name for name, is_withheld in record.recipients.items() if not is_withheld]
    going_out = {same(text) for text in (*opened, *record.known)}
    for number, name in enumerate(record.recipients, 1):
        _add(found, record, NAME, name, f"Implementer {number}", by_default=record.recipients[name])
    first = len(record.recipients) + 1
    for number, name in enumerate(record.others, first):
        _add(found, record, NAME, name, f"Implementer {number}", by_default=same(name) not in going_out)
    near = {same(text) for text in (*record.regions, *WIDER_REGIONS, record.country)}
    for location in record.locations:
        _add(found, record, LOCATION, location, LOCATION_WITHHELD, by_default=same(location) not in near)
    for (kind, _), row in record.determinations.items():
        _add(found, record, WithholdingKind(kind), row.item, "", by_default=False)
    common = [*record.regions, record.country, *record.known, *opened]
    items = [item for item in found.values() if item.determination is not None]
    rest = [item for item in found.values() if item.determination is None]
    return items + [
        WithheldItem(item.kind, item.item, item.prints, None, is_common=_is_within(item.item, common)) for item in rest
    ]


def _add(
    found: dict[tuple[str, str], WithheldItem],
    record: Recorded,
    kind: WithholdingKind,
    text: str,
    prints: str,
    *,
    by_default: bool,
) -> None:
    key = kind.value, same(text)
    if not key[1] or key in found:
        return
    row = record.determinations.get(key)
    if row is not None and row.effect == WithholdingEffect.WITHHOLD:
        plain = prints or ("Name withheld" if kind is NAME else LOCATION_WITHHELD)
        found[key] = WithheldItem(kind, text, row.prints_instead or plain, row)
    elif row is None and by_default:
        found[key] = WithheldItem(kind, text, prints)


def _is_within(text: str, others: Iterable[str]) -> bool:
    pattern = _pattern([text])
    return any(pattern.search(other) for other in others)


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds whole texts, the longest first, whatever their capitals and spaces."""
    longest = sorted({" ".join(text.split()) for text in texts}, key=lambda text: (-len(text), text))
    parts = [r"\s+".join(map(re.escape, text.split())) for text in longest]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE) if parts else re.compile(r"(?!)")


class OutsideView:
    """The withheld items of one partnership, and the names, locations, and texts without them."""

    def __init__(self, items: Iterable[WithheldItem]) -> None:
        given = list(items)
        masks = _pattern(item.item for item in given if not item.is_common)
        # What prints instead of one item must not name another.
        self.items = [replace(item, prints=WITHHELD) if masks.search(item.prints) else item for item in given]
        self._by_text = {same(item.item): item for item in self.items}
        self.masked = [item for item in self.items if not item.is_common]
        self._pattern = masks

    def is_withheld(self, text: str) -> bool:
        return same(text) in self._by_text

    def shown(self, text: str) -> str:
        """Return a name or location, or what prints instead of it."""
        item = self._by_text.get(same(text))
        return self.text(text) if item is None else item.prints

    def text(self, text: str) -> str:
        """Return a text with what prints instead of every withheld name and location."""
        return self._pattern.sub(self._instead, text)

    def _instead(self, found: re.Match[str]) -> str:
        item = self._by_text.get(same(found.group()))
        return WITHHELD if item is None else item.prints

    def fields(self, value: Any) -> Any:
        """Return the fields of a document with every text in them as `text` returns it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.fields(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.fields(part) for part in value]
        return value

    def found_in(self, text: str) -> list[WithheldItem]:
        """Return the withheld items that a text discloses: a check of what is about to leave."""
        if not self._pattern.search(text):
            return []
        return [item for item in self.masked if _pattern([item.item]).search(text)]


NOTHING_WITHHELD = OutsideView(())


@dataclass(frozen=True, slots=True)
class Outside:
    """Partnerships as they are seen by somebody outside, or with `sees_all` by those who run them."""

    views: Mapping[int, OutsideView] = field(default_factory=dict)
    sees_all: bool = False

    def of(self, partnership: int) -> OutsideView:
        """Return the view of a partnership. Raises `KeyError` for one that was not asked for."""
        return NOTHING_WITHHELD if self.sees_all else self.views[partnership]

    def is_withheld(self, partnership: int, text: str) -> bool:
        return self.of(partnership).is_withheld(text)

    def name(self, partnership: int, name: str) -> str:
        return self.of(partnership).shown(name)

    def location(self, partnership: int, location: str) -> str:
        return self.of(partnership).shown(location)

    def text(self, partnership: int, text: str) -> str:
        return self.of(partnership).text(text)


def sees_withheld(user: User) -> bool:
    """Return whether an account, with the scopes of its token, runs partnerships and so sees what is withheld."""
    return any(user.allows(permission) for permission in EDITORS)


def seen_by(user: User, partnerships: Iterable[int]) -> Outside:
    """Return the partnerships as an account sees them in REST."""
    return Outside(sees_all=True) if sees_withheld(user) else outside_of(partnerships)


_NAMES = """
    SELECT partnership_id, recipient FROM partnerships_award WHERE partnership_id = ANY(%(keys)s)
    UNION SELECT a.partnership_id, s.recipient FROM partnerships_subaward s
        JOIN partnerships_award a ON a.id = s.award_id WHERE a.partnership_id = ANY(%(keys)s)
    UNION SELECT partnership_id, implementer FROM partnerships_activity WHERE partnership_id = ANY(%(keys)s)
    UNION SELECT partnership_id, place FROM partnerships_activity WHERE partnership_id = ANY(%(keys)s)
    UNION SELECT partnership_id, item FROM partnerships_withholding WHERE partnership_id = ANY(%(keys)s)
"""
"""SQL, because composing this query takes longer than running it, and every list of partnerships does both."""


def naming(texts: Mapping[int, str]) -> set[int]:
    """Return the keys of partnerships whose text has a name or location that may be withheld, in one query.

    A list checks its few texts with it and leaves out the six queries of `outside_of` where there is nothing to hide.
    """
    folded = {key: same(text) for key, text in texts.items()}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"keys": list(folded)})
        return {key for key, name in cursor.fetchall() if name and same(name) in folded[key]}


def outside_of(partnerships: Iterable[int]) -> Outside:
    """Return the partnerships, by their keys, as they are seen outside: six queries, or none without keys."""
    keys = set(partnerships)
    if not keys:
        return Outside()
    return Outside({key: OutsideView(withheld_items(record)) for key, record in recorded(keys).items()})


def recorded(keys: Collection[int]) -> dict[int, Recorded]:
    """Return the names and locations on record of partnerships, by their keys."""
    recipients: dict[int, dict[str, bool]] = defaultdict(dict)
    awards = Award.objects.filter(partnership__in=keys).order_by("pk")
    for key, name, kind in awards.values_list("partnership_id", "recipient", "recipient_type"):
        known = recipients[key]
        spelled = next((one for one in known if same(one) == same(name)), name)
        # One award of a kind that is withheld withholds the name in every other.
        known[spelled] = known.get(spelled, False) or kind in NAMES_WITHHELD
    others: dict[int, dict[str, None]] = defaultdict(dict)
    subawards = SubAward.objects.filter(award__partnership__in=keys).order_by("pk")
    for key, name in subawards.values_list("award__partnership_id", "recipient"):
        others[key][name] = None
    locations: dict[int, dict[str, None]] = defaultdict(dict)
    activities = Activity.objects.filter(partnership__in=keys).order_by("pk")
    for key, name, location in activities.values_list("partnership_id", "implementer", "place"):
        others[key].update({name: None} if name else {})
        locations[key].update({location: None} if location else {})
    offices: dict[int, list[str]] = defaultdict(list)
    for key, name in Participant.objects.filter(partnership__in=keys).values_list("partnership_id", "name"):
        offices[key].append(name)
    newest = _determinations(keys)
    rows = Partnership.objects.filter(pk__in=keys).values_list("pk", "focus_regions", "country__name")
    return {
        key: Recorded(
            recipients[key], list(others[key]), offices[key], list(locations[key]), regions, country, newest[key]
        )
        for key, regions, country in rows
    }


def _determinations(keys: Collection[int]) -> dict[int, dict[tuple[str, str], Withholding]]:
    """Return the determination that holds for each item, by kind and text.

    The newest that two people made holds. A proposal to withhold holds already while it waits; one to release does not.
    """
    rows = Withholding.objects.filter(
        partnership__in=keys, state__in=(WithholdingState.PROPOSED, WithholdingState.DETERMINED)
    ).select_related("decided_by", "proposed_by")
    found: dict[int, dict[tuple[str, str], Withholding]] = defaultdict(dict)
    decided = [row for row in rows if row.decided_at is not None]
    waiting = [row for row in rows if row.is_open and row.effect == WithholdingEffect.WITHHOLD]
    for row in [*sorted(decided, key=lambda row: (row.decided_at, row.pk)), *sorted(waiting, key=lambda row: row.pk)]:
        found[row.partnership_id][row.kind, same(row.item)] = row
    return found
