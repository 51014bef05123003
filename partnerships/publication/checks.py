"""Checks of an IATI file before it leaves: schema, code lists, rules, withheld items, and money. Pure.

They read the finished file, not what it was made from. They cover what this product writes of version 2.03.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from partnerships.publication import facts as activity_facts
from partnerships.publication.facts import ActivityFacts
from partnerships.publication_codes import (
    ActivityStatus,
    AidType,
    CollaborationType,
    DateType,
    DocumentCategory,
    FinanceType,
    FlowType,
    IndicatorMeasure,
    Language,
    OrganizationRole,
    OrganizationType,
    ResultType,
    Sector,
    TiedStatus,
    TransactionType,
)

ELEMENTS: Sequence[tuple[str, int, int | None]] = (
    ("iati-identifier", 1, 1),
    ("reporting-org", 1, 1),
    ("title", 1, 1),
    ("description", 1, None),
    ("participating-org", 1, None),
    ("activity-status", 1, 1),
    ("activity-date", 1, None),
    ("recipient-country", 0, None),
    ("location", 0, None),
    ("sector", 0, None),
    ("collaboration-type", 0, 1),
    ("default-flow-type", 0, 1),
    ("default-finance-type", 0, 1),
    ("default-aid-type", 0, None),
    ("default-tied-status", 0, 1),
    ("budget", 0, None),
    ("transaction", 0, None),
    ("document-link", 0, None),
    ("result", 0, None),
)
"""Elements of an activity in their order, with the least and the most of each."""

ATTRIBUTES = {
    "reporting-org": ("ref", "type"),
    "participating-org": ("role",),
    "activity-status": ("code",),
    "activity-date": ("type", "iso-date"),
    "recipient-country": ("code",),
    "sector": ("code",),
    "value": ("value-date",),
    "transaction-type": ("code",),
    "document-link": ("url", "format"),
    "result": ("type",),
    "indicator": ("measure",),
    "baseline": ("year",),
}
"""Attributes that an element must have."""

CODES: Sequence[tuple[str, str, Collection[str]]] = (
    (".//*[@role]", "role", OrganizationRole.values),
    ("./reporting-org", "type", OrganizationType.values),
    ("./participating-org[@type]", "type", OrganizationType.values),
    (".//receiver-org[@type]", "type", OrganizationType.values),
    ("./activity-status", "code", ActivityStatus.values),
    ("./activity-date", "type", DateType.values),
    ("./sector", "code", Sector.values),
    ("./collaboration-type", "code", CollaborationType.values),
    ("./default-flow-type", "code", FlowType.values),
    ("./default-finance-type", "code", FinanceType.values),
    ("./default-aid-type", "code", AidType.values),
    ("./default-tied-status", "code", TiedStatus.values),
    ("./transaction/transaction-type", "code", TransactionType.values),
    ("./document-link/category", "code", DocumentCategory.values),
    ("./document-link/language", "code", Language.values),
    ("./result", "type", ResultType.values),
    (".//indicator", "measure", IndicatorMeasure.values),
)
NOT_IN_IDENTIFIERS = re.compile(r"[/&|?]")
YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one kind of check: its errors, or the text of what was found good."""

    name: str
    errors: Sequence[str]
    good: str

    @property
    def is_good(self) -> bool:
        return not self.errors

    @property
    def text(self) -> str:
        if self.is_good:
            return self.good
        return f"{len(self.errors)} {'error' if len(self.errors) == 1 else 'errors'}: {'; '.join(self.errors)}"


def check_activity(
    activity: ET.Element,
    facts: ActivityFacts,
    today: date,
    *,
    countries: Collection[str],
    looked_for: int,
    found_in: Callable[[str], Collection[object]],
) -> list[Check]:
    """Return the five checks of one activity.

    `countries` are the codes of ISO 3166 that exist. `looked_for` counts the withheld items, and `found_in` returns
    those that a text discloses.
    """
    texts = [text for element in activity.iter() for text in (element.text or "", *element.attrib.values())]
    disclosed = {str(item) for text in texts for item in found_in(text)}
    return [
        Check("Schema", _schema_errors(activity), "every required element is there, in its order"),
        Check("Code lists", _code_errors(activity, countries), "every code is on its list"),
        Check("Rules", _rule_errors(activity, today), "percentages, days, and identifiers agree"),
        Check(
            "Withheld items",
            [f"{len(disclosed)} found in the file"] if disclosed else [],
            f"none found in the file, {looked_for} looked for",
        ),
        Check("Money", _money_errors(activity, facts), "equals the ledger and the plan"),
    ]


def _schema_errors(activity: ET.Element) -> list[str]:
    order = [tag for tag, _, _ in ELEMENTS]
    tags = [child.tag for child in activity]
    errors = [f"{tag} is unknown" for tag in dict.fromkeys(tags) if tag not in order]
    known = [order.index(tag) for tag in tags if tag in order]
    if known != sorted(known):
        errors.append("the elements are not in their order")
    for tag, least, most in ELEMENTS:
        count = tags.count(tag)
        if count < least:
            errors.append(tag)
        elif most is not None and count > most:
            errors.append(f"{tag} more than once")
    for element in activity.iter():
        errors += [f"{element.tag} without {name}" for name in ATTRIBUTES.get(element.tag, ()) if not element.get(name)]
    narratives = activity.findall(".//narrative")
    return errors + ["a narrative is empty" for text in narratives if not (text.text or "").strip()][:1]


def _code_errors(activity: ET.Element, countries: Collection[str]) -> list[str]:
    errors = [
        f"{element.tag} {element.get(name)}"
        for path, name, codes in CODES
        for element in activity.findall(path)
        if element.get(name) not in codes
    ]
    chosen = [element.get("code", "") for element in activity.findall("./recipient-country")]
    return errors + [f"recipient-country {code}" for code in chosen if code not in countries]


def _rule_errors(activity: ET.Element, today: date) -> list[str]:
    errors = []
    reporting = activity.find("./reporting-org")
    reference = "" if reporting is None else reporting.get("ref", "")
    identifier = activity.findtext("./iati-identifier", "")
    if not identifier.startswith(f"{reference}-") or NOT_IN_IDENTIFIERS.search(identifier):
        errors.append(f"the identifier does not begin with {reference}, or has one of / & | ?")
    sectors = [Decimal(one.get("percentage", "0")) for one in activity.findall("./sector")]
    if sum(sectors) != activity_facts.HUNDRED:
        errors.append(f"sectors add up to {_plain(sum(sectors, Decimal(0)))}, not 100" if sectors else "no sector")
    days = {one.get("type", ""): date.fromisoformat(one.get("iso-date", "")) for one in _dated(activity)}
    if not days.keys() & {DateType.PLANNED_START, DateType.ACTUAL_START}:
        errors.append("no first day")
    for first, last in ((DateType.PLANNED_START, DateType.PLANNED_END), (DateType.ACTUAL_START, DateType.ACTUAL_END)):
        if first in days and last in days and days[first] > days[last]:
            errors.append("the last day is before the first day")
    if any(days.get(kind, today) > today for kind in (DateType.ACTUAL_START, DateType.ACTUAL_END)):
        errors.append("an actual day is in the future")
    if any(on > today for on in _days(activity.findall("./transaction/transaction-date"))):
        errors.append("a transaction is in the future")
    return errors + _period_errors(activity)


def _dated(activity: ET.Element) -> list[ET.Element]:
    return [one for one in activity.findall("./activity-date") if one.get("iso-date")]


def _days(elements: Iterable[ET.Element]) -> list[date]:
    return [date.fromisoformat(one.get("iso-date", "")) for one in elements]


def _period_errors(activity: ET.Element) -> list[str]:
    errors = []
    for path, most in (("./budget", YEAR), ("./result/indicator/period", None)):
        for one in activity.findall(path):
            (first,), (last,) = _days(one.findall("period-start")), _days(one.findall("period-end"))
            if first > last:
                errors.append("a period ends before it begins")
            elif most is not None and last - first > most:
                errors.append("a budget is for more than a year")
    return errors


def _money_errors(activity: ET.Element, facts: ActivityFacts) -> list[str]:
    totals = facts.totals
    budgets = [Decimal(one.text or "0") for one in activity.findall("./budget/value")]
    sums = {
        "commitments": (_sum_of(activity, TransactionType.COMMITMENT), totals.obligated, "the ledger"),
        "disbursements": (_sum_of(activity, TransactionType.DISBURSEMENT), totals.disbursed, "the ledger"),
        "budgets": (sum(budgets, Decimal(0)), totals.planned if budgets else Decimal(0), "the plan"),
    }
    return [
        f"{name} are ${found:,.2f}, ${known:,.2f} in {source}"
        for name, (found, known, source) in sums.items()
        if found != known
    ]


def _sum_of(activity: ET.Element, kind: str) -> Decimal:
    rows = [one for one in activity.findall("./transaction") if _code(one) == kind]
    return sum((Decimal(one.findtext("value", "0")) for one in rows), Decimal(0))


def _code(transaction: ET.Element) -> str:
    found = transaction.find("transaction-type")
    return "" if found is None else found.get("code", "")


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".")
