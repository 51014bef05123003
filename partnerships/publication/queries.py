"""Facts for IATI files, read for all partnerships of a file together; results take queries of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from cpc.fiscal_years import last_day_of_year
from partnerships.lookups.rule_inputs import newest_targets
from partnerships.models import (
    LEDGER_EFFECT,
    Award,
    AwardState,
    Document,
    DocumentKind,
    DocumentVersion,
    Government,
    LedgerEntry,
    OutcomeIndicator,
    Participant,
    Partnership,
    PlannedYear,
    PlanStep,
    Program,
    ProgramAmount,
    PublishedActivity,
    PublishedDocument,
    PublishedOrganization,
    SectorSplit,
    Withholding,
    WithholdingKind,
    WithholdingState,
)
from partnerships.models.money import ContributionKind
from partnerships.publication.facts import (
    STATUSES,
    ZERO,
    ActivityFacts,
    Defaults,
    LedgerTotals,
    ProgramMoney,
    PublishedBudget,
    PublishedLink,
    PublishedMovement,
    PublishedName,
    ReportingOrganization,
    dates_of,
    identifiers,
    sectors_of,
)
from partnerships.publication.published_results import results_of
from partnerships.publication_codes import (
    OrganizationRole,
    OrganizationType,
    TransactionType,
)
from partnerships.withheld import OutsideView, outside_of, same

SAMPLE_CODE = "ZZ"
"""The code of a sample's country in its file. No country has it."""
TRANSACTIONS = {"obligated": TransactionType.COMMITMENT, "disbursed": TransactionType.DISBURSEMENT}
FORMATS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
}


def published_partnerships() -> QuerySet[Partnership]:
    """Return the partnerships that the file of the portfolio can have: signed, and no samples."""
    return Partnership.objects.counted().filter(signed_on__isnull=False).order_by("pk")


def facts_of(partnerships: Iterable[Partnership], today: date) -> list[ActivityFacts]:
    """Return the facts of partnerships, in their order."""
    rows = list(partnerships)
    source = _Source.read([row.pk for row in rows])
    return [_facts(row, source, today) for row in rows]


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of all partnerships of a file, by the key of their partnership."""

    identifiers: Mapping[int, str]
    outside: Mapping[int, OutsideView]
    activities: Mapping[int, PublishedActivity]
    programs: Mapping[int, Sequence[ProgramMoney]]
    whole_splits: Mapping[int, SectorSplit]
    confirmed: Mapping[int, date | None]
    types: Mapping[int, Mapping[str, PublishedOrganization]]
    offices: Mapping[int, Sequence[Participant]]
    awards: Mapping[int, Sequence[Award]]
    entries: Mapping[int, Sequence[LedgerEntry]]
    years: Mapping[int, Sequence[PlannedYear]]
    documents: Mapping[int, Sequence[Document]]
    indicators: Mapping[int, Sequence[OutcomeIndicator]]
    targets: Mapping[tuple[int, int | None], Decimal]

    @classmethod
    def read(cls, keys: Collection[int]) -> _Source:
        own = {"partnership__in": keys}
        splits = list(SectorSplit.objects.filter(**own))
        approved = PlanStep.objects.filter(name="approve", plan__partnership__in=keys).values("plan__partnership")
        indicators = OutcomeIndicator.objects.filter(**own, withdrawn=False).filter(partnership__in=approved)
        measured = list(indicators.select_related("objective").order_by("objective__number", "code"))
        names: dict[int, dict[str, PublishedOrganization]] = defaultdict(dict)
        for row in PublishedOrganization.objects.filter(**own):
            names[row.partnership_id][same(row.name)] = row
        years = PlannedYear.objects.filter(
            **own, government=Government.UNITED_STATES, kind=ContributionKind.CASH, program__withdrawn=False
        )
        entries = LedgerEntry.objects.filter(award__partnership__in=keys).select_related("award")
        versions = Prefetch("versions", DocumentVersion.objects.order_by("-number"))
        documents = Document.objects.filter(**own).select_related("published").prefetch_related(versions)
        return cls(
            identifiers=_identifiers(keys),
            outside=outside_of(keys).views,
            activities={row.partnership_id: row for row in PublishedActivity.objects.filter(**own)},
            programs=_programs(keys, {row.program_id: row for row in splits if row.program_id}),
            whole_splits={row.partnership_id: row for row in splits if row.program_id is None},
            confirmed=_newest_confirmation(splits),
            types=names,
            offices=_by_partnership(Participant.objects.filter(**own, government=Government.PARTNER)),
            awards=_by_partnership(Award.objects.filter(**own).exclude(state=AwardState.PLANNED).order_by("pk")),
            entries=_by_partnership(entries.order_by("on", "pk"), lambda row: row.award.partnership_id),
            years=_by_partnership(years.order_by("program_id", "fiscal_year", "pk")),
            documents=_by_partnership(documents.order_by("kind", "title")),
            indicators=_by_partnership(measured),
            targets=newest_targets(row.pk for row in measured),
        )


def _by_partnership(rows: Iterable[Any], key: Any = lambda row: row.partnership_id) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _newest_confirmation(splits: Iterable[SectorSplit]) -> dict[int, date | None]:
    found: dict[int, date | None] = {}
    for row in splits:
        days = [day for day in (found.get(row.partnership_id), row.confirmed_on) if day is not None]
        found[row.partnership_id] = max(days, default=None)
    return found


def _identifiers(keys: Collection[int]) -> dict[int, str]:
    """Return the identifiers of partnerships; each country's others count, too."""
    countries = Partnership.objects.filter(pk__in=keys).values("country")
    rows = Partnership.objects.filter(country__in=countries).select_related("country")
    return identifiers(
        ((row.pk, "SAMPLE" if row.is_sample else row.country.iso2, row.signed_on) for row in rows),
        f"{settings.IATI_REPORTING_ORGANIZATION}-CPC",
    )


def _programs(keys: Collection[int], splits: Mapping[int, SectorSplit]) -> dict[int, list[ProgramMoney]]:
    amounts = ProgramAmount.objects.filter(program__partnership__in=keys, government=Government.UNITED_STATES)
    newest = amounts.order_by("program_id", "-id").distinct("program_id").values_list("program_id", "amount")
    money = dict(newest)
    found: dict[int, list[ProgramMoney]] = defaultdict(list)
    for row in Program.objects.filter(partnership__in=keys, withdrawn=False).order_by("pk"):
        split = splits.get(row.pk)
        shares = split.shares if split else []
        found[row.partnership_id].append(ProgramMoney(row.pk, row.title, money.get(row.pk, ZERO), shares))
    return found


def _facts(row: Partnership, source: _Source, today: date) -> ActivityFacts:
    key, outside = row.pk, source.outside[row.pk]
    entered = source.activities.get(key)
    programs = source.programs.get(key) or [ProgramMoney(0, "the partnership", ZERO, _whole(source, key))]
    sectors, without = sectors_of(programs)
    links, unpublished, withheld_links = _links(source.documents.get(key, ()), outside)
    regions = [region for region in row.focus_regions if not outside.is_withheld(region)]
    locations = [item for item in outside.items if item.kind is WithholdingKind.LOCATION]
    return ActivityFacts(
        partnership=key,
        identifier=source.identifiers[key],
        reporting=reporting_organization(),
        title=outside.text(row.title),
        description=outside.text(entered.description).strip() if entered else "",
        organizations=_organizations(row, source, outside),
        status=STATUSES[row.status],
        status_label=row.get_status_display(),
        dates=dates_of(row.status, row.starts_on or row.signed_on, row.ends_on, row.ended_on, today),
        country_code=SAMPLE_CODE if row.is_sample else row.country.iso2,
        country_name=row.country.name,
        regions=regions,
        sectors=sectors,
        without_sector=without,
        sectors_confirmed_on=source.confirmed.get(key),
        defaults=_defaults(entered),
        budgets=_budgets(source.years.get(key, ())),
        movements=_movements(source, key, outside),
        results=results_of(row, source.indicators.get(key, ()), source.targets, outside),
        links=links,
        totals=LedgerTotals(row.obligated_total, row.disbursed_total, row.planned_total),
        is_sample=row.is_sample,
        is_signed=row.signed_on is not None,
        withheld_locations=len(locations),
        withheld_regions=len(row.focus_regions) - len(regions),
        withheld_links=withheld_links,
        unpublished_documents=unpublished,
        instrument_missing=row.is_run_here
        and not any(one.kind == DocumentKind.INSTRUMENT and is_published(one) for one in source.documents.get(key, ())),
    )


def _whole(source: _Source, key: int) -> Sequence[tuple[str, Decimal]]:
    split = source.whole_splits.get(key)
    return split.shares if split else ()


def reporting_organization() -> ReportingOrganization:
    return ReportingOrganization(settings.IATI_REPORTING_ORGANIZATION, settings.IATI_REPORTING_NAME)


def _defaults(row: PublishedActivity | None) -> Defaults:
    if row is None:
        return Defaults()
    return Defaults(
        row.collaboration_type, row.flow_type, row.finance_type, row.aid_type, row.tied_status, row.confirmed_on
    )


def _organizations(row: Partnership, source: _Source, outside: OutsideView) -> list[PublishedName]:
    reporting = reporting_organization()
    found = [PublishedName(reporting.name, OrganizationRole.FUNDING, reporting.type, reporting.ref)]
    offices = source.offices.get(row.pk, ())
    for office in offices:
        role = OrganizationRole.ACCOUNTABLE if office.is_lead else OrganizationRole.IMPLEMENTING
        found.append(_organization(office.name, role, source, row.pk, outside, OrganizationType.GOVERNMENT))
    if not any(office.is_lead for office in offices):
        government = f"Government of {row.country.name}"
        found.append(PublishedName(government, OrganizationRole.ACCOUNTABLE, OrganizationType.GOVERNMENT))
    seen: set[str] = set()
    for award in source.awards.get(row.pk, ()):
        if same(award.recipient) not in seen:
            seen.add(same(award.recipient))
            found.append(_organization(award.recipient, OrganizationRole.IMPLEMENTING, source, row.pk, outside))
    return found


def _organization(
    name: str, role: str, source: _Source, key: int, outside: OutsideView, usual: str = ""
) -> PublishedName:
    entered = source.types.get(key, {}).get(same(name))
    is_withheld = outside.is_withheld(name)
    ref = entered.identifier if entered and not is_withheld else ""
    return PublishedName(outside.shown(name), role, entered.type if entered else usual, ref, is_withheld)


def _budgets(rows: Sequence[PlannedYear]) -> list[PublishedBudget]:
    """Return the plan of the United States by fiscal year. One whose amount was replaced is a revised budget."""
    newest: dict[tuple[int | None, int], Decimal] = {}
    revised: set[int] = set()
    for row in rows:
        if (row.program_id, row.fiscal_year) in newest:
            revised.add(row.fiscal_year)
        newest[row.program_id, row.fiscal_year] = row.amount
    years: dict[int, Decimal] = defaultdict(Decimal)
    for (_, year), amount in newest.items():
        years[year] += amount
    return [
        PublishedBudget(date(year - 1, 10, 1), last_day_of_year(year), amount, year in revised)
        for year, amount in sorted(years.items())
        if amount
    ]


def _movements(source: _Source, key: int, outside: OutsideView) -> list[PublishedMovement]:
    receivers: dict[int, PublishedName] = {}
    found = []
    for entry in source.entries.get(key, ()):
        total, sign = LEDGER_EFFECT[entry.kind]
        if total not in TRANSACTIONS:
            continue
        award = entry.award
        if award.pk not in receivers:
            receivers[award.pk] = _organization(award.recipient, "", source, key, outside)
        amount, kind = sign * entry.amount, TRANSACTIONS[total].value
        found.append(PublishedMovement(f"{award.pk}-{entry.pk}", kind, entry.on, amount, receivers[award.pk]))
    return found


def is_published(document: Document) -> bool:
    row = published_row(document)
    return row is not None and row.goes_out


def published_row(document: Document) -> PublishedDocument | None:
    return getattr(document, "published", None)


def _links(documents: Iterable[Document], outside: OutsideView) -> tuple[list[PublishedLink], int, int]:
    """Return the links to public documents, how many documents are not published, and how many links are withheld.

    A link whose address names what is withheld does not go out.
    """
    links, unpublished, withheld = [], 0, 0
    for document in documents:
        row = published_row(document)
        if row is None or not row.goes_out:
            unpublished += 1
        elif outside.found_in(plain_address(row.address)):
            withheld += 1
        else:
            newest = next(iter(document.versions.all()), None)
            suffix = PurePath(urlsplit(row.address).path).suffix.lower()
            links.append(
                PublishedLink(
                    outside.text(document.title),
                    row.address,
                    FORMATS.get(suffix, "text/html"),
                    row.category,
                    row.language,
                    newest.dated if newest else None,
                )
            )
    return links, unpublished, withheld


def plain_address(address: str) -> str:
    """Return an address as text, in which hyphens and the like separate the parts of a name."""
    return "".join(character if character.isalnum() else " " for character in unquote(address))


def determinations_of(partnership: Partnership) -> list[Withholding]:
    """Return the determinations in force and the proposals, those that wait first, then the newest."""
    rows = partnership.withholdings.filter(
        state__in=(WithholdingState.PROPOSED, WithholdingState.DETERMINED)
    ).select_related("proposed_by", "decided_by")
    return sorted(rows, key=lambda row: (not row.is_open, -row.pk))


def organization_names(partnership: Partnership) -> list[str]:
    """Return the organizations of a partnership that need a type: partner bodies, then recipients."""
    offices = partnership.participants.filter(government=Government.PARTNER).values_list("name", flat=True)
    awards = partnership.awards.exclude(state=AwardState.PLANNED).order_by("pk").values_list("recipient", flat=True)
    found: dict[str, str] = {}
    for name in (*offices, *awards):
        found.setdefault(same(name), name)
    return list(found.values())
