"""The IATI 2.03 activity file as XML, from facts. Pure.

Elements of an activity have one order. Every text of people is English; what a partner's language has goes out by link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from partnerships.publication.facts import (
    ActivityFacts,
    PublicIndicator,
    PublishedLink,
    PublishedMovement,
    PublishedName,
    PublishedResult,
)

VERSION = "2.03"
CURRENCY = "USD"
LANGUAGE = "en"
MEDIA_TYPE = "application/xml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REGION, APPROXIMATE, UNITED_STATES_FRAMEWORK = "1", "2", "3"


def file_of(activities: Iterable[ActivityFacts]) -> bytes:
    """Return the file. It has no date of its own, so that it changes only with the record."""
    root = tree_of(activities)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def tree_of(activities: Iterable[ActivityFacts]) -> ET.Element:
    root = ET.Element("iati-activities", {"version": VERSION})
    for facts in activities:
        root.append(_activity(facts))
    return root


def _activity(facts: ActivityFacts) -> ET.Element:
    one = ET.Element("iati-activity", {XML_LANG: LANGUAGE, "default-currency": CURRENCY, "hierarchy": "1"})
    _add(one, "iati-identifier").text = facts.identifier
    reporting = facts.reporting
    _named(one, "reporting-org", reporting.name, ref=reporting.ref, type=reporting.type)
    _named(one, "title", facts.title)
    if facts.description:
        _named(one, "description", facts.description, type="1")
    for organization in facts.organizations:
        _organization(one, "participating-org", organization, role=organization.role)
    _add(one, "activity-status", code=facts.status)
    for kind, day in sorted(facts.dates.items()):
        _add(one, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    _named(one, "recipient-country", facts.country_name, code=facts.country_code, percentage="100")
    for region in facts.regions:
        _location(one, region)
    for code, percent in facts.sectors:
        _add(one, "sector", vocabulary="1", code=code, percentage=_number(percent))
    _defaults(one, facts)
    for budget in facts.budgets:
        made = _add(one, "budget", type="2" if budget.is_revised else "1", status="2" if facts.is_signed else "1")
        _day(made, "period-start", budget.first)
        _day(made, "period-end", budget.last)
        _value(made, budget.amount, budget.first)
    for movement in facts.movements:
        _transaction(one, movement, facts)
    for link in facts.links:
        _link(one, link)
    for result in facts.results:
        _result(one, result)
    return one


def _defaults(parent: ET.Element, facts: ActivityFacts) -> None:
    defaults = facts.defaults
    for tag, code in (
        ("collaboration-type", defaults.collaboration),
        ("default-flow-type", defaults.flow),
        ("default-finance-type", defaults.finance),
        ("default-aid-type", defaults.aid),
        ("default-tied-status", defaults.tied),
    ):
        if code:
            _add(parent, tag, code=code)


def _location(parent: ET.Element, region: str) -> None:
    made = _add(parent, "location")
    _named(made, "name", region)
    _add(made, "exactness", code=APPROXIMATE)
    _add(made, "location-class", code=REGION)


def _transaction(parent: ET.Element, movement: PublishedMovement, facts: ActivityFacts) -> None:
    made = _add(parent, "transaction", ref=movement.ref)
    _add(made, "transaction-type", code=movement.type)
    _day(made, "transaction-date", movement.on)
    _value(made, movement.amount, movement.on)
    reporting = facts.reporting
    provider = {"ref": reporting.ref, "type": reporting.type, "provider-activity-id": facts.identifier}
    _named(made, "provider-org", reporting.name, provider)
    _organization(made, "receiver-org", movement.receiver)


def _link(parent: ET.Element, link: PublishedLink) -> None:
    made = _add(parent, "document-link", url=link.address, format=link.format)
    _named(made, "title", link.title)
    _add(made, "category", code=link.category)
    _add(made, "language", code=link.language)
    if link.dated is not None:
        _day(made, "document-date", link.dated)


def _result(parent: ET.Element, result: PublishedResult) -> None:
    made = _add(parent, "result", type=result.type)
    _named(made, "title", result.title)
    for indicator in result.indicators:
        _indicator(made, indicator)


def _indicator(parent: ET.Element, indicator: PublicIndicator) -> None:
    ascending = "1" if indicator.is_ascending else "0"
    made = _add(parent, "indicator", measure=indicator.measure, ascending=ascending)
    _named(made, "title", indicator.title)
    if indicator.definition:
        _named(made, "description", indicator.definition)
    if indicator.standard_code:
        _add(made, "reference", vocabulary=UNITED_STATES_FRAMEWORK, code=indicator.standard_code)
    if indicator.baseline is not None:
        day, value = indicator.baseline
        _add(made, "baseline", {"year": str(day.year), "iso-date": day.isoformat(), "value": _number(value)})
    for period in indicator.periods:
        part = _add(made, "period")
        _day(part, "period-start", period.first)
        _day(part, "period-end", period.last)
        for tag, number in (("target", period.target), ("actual", period.actual)):
            if number is not None:
                _add(part, tag, value=_number(number))


def _organization(parent: ET.Element, tag: str, one: PublishedName, **more: str) -> None:
    attributes = {"ref": one.ref, "type": one.type, **more}
    _named(parent, tag, one.name, {name: value for name, value in attributes.items() if value})


def _value(parent: ET.Element, amount: Decimal, on: date) -> None:
    _add(parent, "value", {"currency": CURRENCY, "value-date": on.isoformat()}).text = _number(amount)


def _day(parent: ET.Element, tag: str, day: date) -> None:
    _add(parent, tag, {"iso-date": day.isoformat()})


def _named(
    parent: ET.Element, tag: str, text: str, attributes: dict[str, str] | None = None, /, **more: str
) -> ET.Element:
    """Add an element that holds a text as its narrative."""
    made = _add(parent, tag, attributes, **more)
    _add(made, "narrative").text = _clean(text)
    return made


def _add(parent: ET.Element, tag: str, attributes: dict[str, str] | None = None, /, **more: str) -> ET.Element:
    values = {name: _clean(value) for name, value in ((attributes or {}) | more).items()}
    return ET.SubElement(parent, tag, values)


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def _number(value: Decimal) -> str:
    """Return a number without an exponent and without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
