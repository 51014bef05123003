"""Sentences on the problem in a country, its tier, and U.S. aid, made by rule from what publishers state."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from django.db.models import Q

from cpc.grouping import grouped
from cpc.web import formats
from indicators.models import Country, FormReview, Narrative, Observation, TraffickingForm
from indicators.queries import Witness, witnesses
from selection.decisions.memo.wording import joined, sentence

PREVALENCE, PEOPLE, CHILD_VICTIMS = "gsi.prevalence", "gsi.people_in_modern_slavery", "glotip.child_victims"
CHORES, ACTIVITY = "unicef.child_labour_activity_or_chores", "unicef.child_labour_activity"
WORKING, TIER, AID = "ilab.working_children", "tip.tier", "fa.obligations"
READ = (PREVALENCE, PEOPLE, CHILD_VICTIMS, CHORES, ACTIVITY, WORKING, TIER, AID)
SHOWN_YEARS = 4
"""Years of detected victims in a sentence."""

NOTHING_KNOWN = "No figure on child trafficking or child labor is on file."


@dataclass(frozen=True)
class CountryFacts:
    """Figures that publishers state on one country, by indicator, the newest year first.

    `forms` are the forms of child trafficking in the newest narrative, of `report_year`, without those an analyst
    rejected; `confirmed` counts those that one confirmed. `witnesses` are second statements on tiers.
    """

    values: Mapping[str, Sequence[Observation]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    confirmed: int = 0
    report_year: int | None = None
    witnesses: Mapping[int, Witness] = field(default_factory=dict)

    def newest(self, code: str) -> Observation | None:
        """Return the newest value or label; a reason for a missing one does not count."""
        return next((row for row in self.values.get(code, ()) if not row.missing), None)


def facts_of(countries: Collection[Country], as_of: int) -> dict[int, CountryFacts]:
    """Return the facts on countries as of a publication, by key of the country, in a fixed number of queries."""
    # Walk Free's editions are series of their own; of other figures only the total counts.
    whole = Q(series="") | Q(indicator__code__in=(PREVALENCE, PEOPLE))
    rows = Observation.objects.as_of(as_of).filter(whole, country__in=countries, indicator__code__in=READ)
    ordered = list(rows.select_related("indicator__source").order_by("-year", "-period", "-edition_rank"))
    by_country = grouped(ordered, lambda row: row.country_id)
    seconds = witnesses(ordered, as_of=as_of)
    forms_by_country = _forms(countries, as_of)
    return {
        country.pk: CountryFacts(
            grouped(by_country.get(country.pk, ()), lambda row: row.indicator.code), forms, confirmed, year, seconds
        )
        for country in countries
        for forms, confirmed, year in [forms_by_country.get(country.pk, ((), 0, None))]
    }


def _forms(countries: Collection[Country], as_of: int) -> dict[int, tuple[tuple[str, ...], int, int | None]]:
    newest: dict[int, Narrative] = {}
    for row in Narrative.objects.as_of(as_of).of_reports().filter(country__in=countries).order_by("-report_year"):
        newest.setdefault(row.country_id, row)
    forms = TraffickingForm.objects.filter(narrative__in=newest.values()).order_by("ordinal")
    verdicts = dict(FormReview.objects.filter(form__in=forms).order_by("pk").values_list("form", "verdict"))
    named = grouped((form for form in forms if verdicts.get(form.pk) != "rejected"), lambda form: form.narrative_id)
    return {
        key: (
            tuple(dict.fromkeys(form.form for form in own)),
            len({form.form for form in own if form.pk in verdicts}),
            narrative.report_year,
        )
        for key, narrative in newest.items()
        for own in [named.get(narrative.pk, ())]
    }


def printed(facts: CountryFacts) -> list[int]:
    """Return the keys of the values that a memo prints of a country, whether or not the score counts them."""
    newest = [facts.newest(code) for code in READ if code != CHILD_VICTIMS]
    return [row.pk for row in (*newest, *_shown_victims(facts)) if row is not None]


def _shown_victims(facts: CountryFacts) -> list[Observation]:
    return [row for row in facts.values.get(CHILD_VICTIMS, ()) if row.value is not None][:SHOWN_YEARS][::-1]


def problem(facts: CountryFacts) -> str:
    """Return what is known of the problem, each figure with its publisher and year."""
    known = joined([_prevalence(facts), _victims(facts), _child_labor(facts), _named_forms(facts)])
    return known or NOTHING_KNOWN


def _prevalence(facts: CountryFacts) -> str:
    rate, people = facts.newest(PREVALENCE), facts.newest(PEOPLE)
    if rate is None:
        return ""
    source = f"({rate.indicator.source.publisher}, {rate.edition} edition)"
    counted = people if people is not None and people.year == rate.year else None
    if counted is None:
        return f"An estimated {rate.display} per 1,000 people in modern slavery {source}."
    return f"An estimated {counted.display} people in modern slavery, {rate.display} per 1,000 {source}."


def _victims(facts: CountryFacts) -> str:
    known = _shown_victims(facts)
    if not known:
        return ""
    years = [row.year for row in known]
    figures = formats.listing([row.display for row in known])
    in_a_row = years == list(range(years[0], years[-1] + 1)) and len(years) > 1
    when = f"{years[0]} to {years[-1]}" if in_a_row else formats.listing([str(year) for year in years])
    return f"Detected child victims: {figures} in {when} (UNODC)."


def _child_labor(facts: CountryFacts) -> str:
    rows = [
        (row, what)
        for code, what in ((CHORES, "with household chores"), (ACTIVITY, "without chores"))
        if (row := facts.newest(code)) is not None
    ]
    if rows:
        apart = "; two surveys, so no trend" if len({row.year for row, _ in rows}) > 1 else ""
        parts = [f"{row.display}% {what} ({_year(row)})" for row, what in rows]
        return f"Child labor, ages 5 to 17 (UNICEF): {', '.join(parts)}{apart}."
    working = facts.newest(WORKING)
    return f"Working children: {working.display}% (Labor, ILAB, {_year(working)})." if working else ""


def _year(row: Observation) -> str:
    return f"report of {row.year}" if row.is_year_of_report else str(row.year)


def _named_forms(facts: CountryFacts) -> str:
    if not facts.forms:
        return ""
    doubt = "" if facts.confirmed == len(facts.forms) else "; not all confirmed by an analyst"
    forms = formats.listing([form[:1].lower() + form[1:] for form in facts.forms])
    return f"Forms of child trafficking named: {forms} (TIP Report {facts.report_year}{doubt})."


def tier(facts: CountryFacts) -> str:
    """Return the tier with the years that it has stood and its caveat."""
    rows = [row for row in facts.values.get(TIER, ()) if row.label]
    if not rows:
        return "No tier is on file."
    newest = rows[0]
    same = list(takewhile(lambda row: row.label == newest.label, rows))
    years = [row.year for row in same]
    unbroken = next((n for n, year in enumerate(years) if year != newest.year - n), len(years))
    text = f"{newest.label} since {years[unbroken - 1]}" if unbroken > 1 else f"{newest.label} in {newest.year}"
    if newest.label == "Tier 2 Watch List" and unbroken > 1:
        text += f", {unbroken} reports in a row"
    return joined([f"{text}.", tier_caveat(facts)])


def tier_caveat(facts: CountryFacts) -> str:
    """Return why the newest tier is in doubt, with what a second publisher states; "" if the publisher states it."""
    row = facts.newest(TIER)
    year, why = caveat_of(facts)
    if row is None or not why:
        return ""
    witness = facts.witnesses.get(row.pk)
    return joined([f"The {year} tier is not confirmed: {why}.", sentence(witness.text) if witness is not None else ""])


def caveat_of(facts: CountryFacts) -> tuple[int, str]:
    """Return the year of the newest tier and why it is in doubt; "" if it is not."""
    row = facts.newest(TIER)
    if row is None or row.quality == "stated":
        return 0, ""
    return row.year, "the only source is a third-party list" if row.quality == "unconfirmed" else f"it is {row.quality}"


def aid(facts: CountryFacts) -> str:
    row = facts.newest(AID)
    if row is None or row.value is None:
        return ""
    partly = ", reported in part" if row.note.startswith("Agencies had reported only a part") else ""
    return f"All U.S. aid obligated in FY {row.year}: {formats.money(row.value)} (ForeignAssistance.gov{partly})."
