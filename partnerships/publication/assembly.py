"""A publication as assembled at each view: the facts, the file with its checks, and whether it can go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from indicators.models import Country
from partnerships.models import Partnership
from partnerships.publication.checks import Check, check_activity
from partnerships.publication.elements import FileElement, elements_of
from partnerships.publication.facts import ActivityFacts
from partnerships.publication.iati_file import file_of, tree_of
from partnerships.publication.queries import facts_of, plain_address, published_partnerships
from partnerships.withheld import OutsideView, WithheldItem, outside_of


@dataclass(frozen=True, slots=True)
class Publication:
    """The IATI activity of one partnership, with its elements in the order of the file and its checks."""

    partnership: Partnership
    facts: ActivityFacts
    elements: Sequence[FileElement]
    checks: Sequence[Check]
    outside: OutsideView

    @property
    def missing(self) -> list[FileElement]:
        return [one for one in self.elements if one.is_missing]

    @property
    def is_ready(self) -> bool:
        """Return whether it could be published: signed, no sample, nothing missing, and every check good."""
        facts = self.facts
        checked = all(check.is_good for check in self.checks)
        return facts.is_signed and not facts.is_sample and not self.missing and checked

    def file(self) -> bytes:
        """Return the file. Raises `ValidationError` with code `withheld_found` rather than disclose an item."""
        data = file_of([self.facts])
        refuse_disclosure(data.decode(), [self.outside])
        return data


@dataclass(frozen=True, slots=True)
class PortfolioFile:
    """The file of the portfolio: the partnerships that are ready, and those left out."""

    included: Sequence[Publication]
    left_out: Sequence[Publication]

    def file(self) -> bytes:
        """Return the file. Raises `ValidationError` with code `withheld_found` rather than disclose an item."""
        for one in self.included:
            one.file()
        return file_of(one.facts for one in self.included)


def assemble(partnerships: Iterable[Partnership], today: date) -> list[Publication]:
    """Return the publications of partnerships, built from the record as it is now."""
    rows = list(partnerships)
    views = outside_of(row.pk for row in rows).views
    countries = set(Country.objects.exclude(iso2="").values_list("iso2", flat=True))
    return [
        _assembled(row, facts, views[row.pk], countries, today)
        for row, facts in zip(rows, facts_of(rows, today), strict=True)
    ]


def _assembled(
    row: Partnership, facts: ActivityFacts, outside: OutsideView, countries: set[str], today: date
) -> Publication:
    def found_in(text: str) -> list[str]:
        return [item.item for item in (*outside.found_in(text), *outside.found_in(plain_address(text)))]

    checks = check_activity(
        tree_of([facts])[0],
        facts,
        today,
        countries=countries,
        looked_for=len(outside.items),
        found_in=found_in,
    )
    return Publication(row, facts, elements_of(facts, countries), checks, outside)


def portfolio(today: date) -> PortfolioFile:
    """Return the file of the portfolio. Samples and partnerships that are not signed are never in it."""
    rows = assemble(published_partnerships().select_related("country"), today)
    return PortfolioFile([one for one in rows if one.is_ready], [one for one in rows if not one.is_ready])


def refuse_disclosure(text: str, views: Iterable[OutsideView]) -> None:
    """Raise `ValidationError` with code `withheld_found` if a text that is about to leave names a withheld item."""
    found: list[WithheldItem] = [item for view in views for item in view.found_in(text)]
    if found:
        message = (
            f"The file names {len(found)} withheld {'item' if len(found) == 1 else 'items'}, so it was not made. "
            "Remove them from the record's texts, or have them released."
        )
        raise ValidationError(message, code="withheld_found")
