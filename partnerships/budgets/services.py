from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.currency_codes import US_DOLLAR
from cpc.database.revisions import check_revision
from cpc.findings import Finding
from cpc.validation import db_errors_as_validation, reject
from partnerships.budgets.queries import (
    BudgetInEffect,
    budget_revision,
    budgets_of,
    newest_allocations,
    plan_revision,
    planned_years,
)
from partnerships.limits import usd
from partnerships.lookups.locking import audit_values, check_still_open, create, lock_partnership, lock_row, service
from partnerships.models import (
    Award,
    AwardBudget,
    BudgetBasis,
    BudgetLine,
    ContributionKind,
    DocumentVersion,
    ExpendedPart,
    FinancialReport,
    Government,
    ObjectClass,
    Partnership,
    PlannedYear,
    Program,
)


@service(Permission.RECORD_MONEY)
def plan_years(
    *,
    partnership: Partnership,
    years: Sequence[PlannedYear],
    actor: User | None,
    expected_revision: str | None = None,
) -> list[PlannedYear]:
    """Record unsaved amounts by program, government, kind, unit, and fiscal year, together.

    Each replaces the amount of the same year. Raises `EditConflict` if the plan no longer has the `expected_revision`,
    and `ValidationError` with code `planned_over_allocated` if the years of a program in project funds add up to more
    than its allocation.
    """
    current = lock_partnership(partnership)
    check_revision(plan_revision(current), expected_revision)
    for row in years:
        row.partnership, row.recorded_by = current, actor
        check_still_open(row)
        row.full_clean(exclude=("at",))  # the database sets `at`
    reject([finding for _, finding in allocation_findings(current, years)])
    with db_errors_as_validation():
        made = PlannedYear.objects.bulk_create(years)
    record(
        actor=actor,
        action="planned years",
        target=current,
        after={"years": [audit_values(row) for row in made]},
    )
    return made


def allocation_findings(partnership: Partnership, new: Iterable[PlannedYear]) -> list[tuple[Program, Finding]]:
    """Check that the years of project funds add up to at most the allocation of each program.

    Returns a finding for each program that new amounts would take above it.
    """
    sums: dict[int, dict[int, Decimal]] = defaultdict(dict)
    touched: dict[int, Program] = {}
    for row in [*planned_years(partnership), *new]:
        if row.program is not None and _is_project_funds(row):
            sums[row.program.pk][row.fiscal_year] = row.amount
            if row.pk is None:
                touched[row.program.pk] = row.program
    allocated = newest_allocations(partnership)
    findings = []
    for key, program in touched.items():
        total, most = sum(sums[key].values(), Decimal(0)), allocated.get((key, Government.UNITED_STATES), Decimal(0))
        if total > most:
            message = (
                f"The years of {program.title} would add up to {usd(total)}, {usd(total - most)} more than its "
                f"allocation of {usd(most)}. Lower a year, or raise the allocation first."
            )
            finding = Finding.error("planned_over_allocated", message, "amount", "22 U.S.C. 7103a(d)(2)(C)")
            findings.append((program, finding))
    return findings


def _is_project_funds(row: PlannedYear) -> bool:
    return (row.government, row.kind, row.unit) == (Government.UNITED_STATES, ContributionKind.CASH, US_DOLLAR)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One category of a new budget in one fiscal year."""

    category: str
    fiscal_year: int
    amount: Decimal


@service(Permission.RECORD_MONEY)
def record_budget(
    *,
    award: Award,
    basis: str,
    lines: Sequence[NewLine],
    source: str,
    actor: User | None,
    document: DocumentVersion | None = None,
    expected_revision: str | None = None,
) -> AwardBudget:
    """Record a new version of the budget of an award.

    Raises `EditConflict` if the budget no longer has the `expected_revision`. Raises `ValidationError` with code
    `budget_sum` unless the lines add up to the award, `object_class` for a category that the SF-424A doesn't have, and
    `budget_line_once` for two amounts of one category and year.
    """
    lock_partnership(award.partnership)
    current = lock_row(award)
    check_revision(budget_revision(current), expected_revision)
    reject([*known_classes(basis, lines), *_each_once(lines), *adds_up(lines, current.awarded_total)])
    budget = AwardBudget(award=current, basis=basis, source=source, document=document, recorded_by=actor)
    made = create(budget, actor=actor, action="recorded")
    rows = [
        BudgetLine(budget=made, category=line.category.strip(), fiscal_year=line.fiscal_year, amount=line.amount)
        for line in lines
    ]
    for row in rows:
        row.full_clean(validate_unique=False)
    with db_errors_as_validation():
        BudgetLine.objects.bulk_create(rows)
    record(actor=actor, action="recorded lines", target=made, after={"lines": [audit_values(row) for row in rows]})
    return made


def known_classes(basis: str, lines: Iterable[NewLine]) -> list[Finding]:
    """Check that a budget by object class has no other categories than the SF-424A."""
    if basis != BudgetBasis.OBJECT_CLASS:
        return []
    unknown = sorted({line.category for line in lines} - set(ObjectClass.values))
    if not unknown:
        return []
    message = f"“{unknown[0]}” is not an object class of the SF-424A. Choose one of: {'; '.join(ObjectClass.values)}."
    return [Finding.error("object_class", message, "category")]


def _each_once(lines: Sequence[NewLine]) -> list[Finding]:
    seen: set[tuple[str, int]] = set()
    for line in lines:
        key = (line.category.strip(), line.fiscal_year)
        if key in seen:
            message = f"{key[0]} has two amounts for FY {key[1]}. Add them up into one."
            return [Finding.error("budget_line_once", message, "category")]
        seen.add(key)
    return []


def adds_up(lines: Iterable[NewLine], awarded: Decimal) -> list[Finding]:
    total = sum((line.amount for line in lines), Decimal(0))
    if total == awarded:
        return []
    how = "less than" if total < awarded else "more than"
    message = (
        f"The lines add up to {usd(total)}, {usd(abs(total - awarded))} {how} the award of {usd(awarded)}. Change a "
        "line, or record the change of the award in the ledger first."
    )
    return [Finding.error("budget_sum", message, "amount")]


@service(Permission.RECORD_MONEY)
def record_parts(*, report: FinancialReport, parts: Mapping[str, Decimal], actor: User | None) -> list[ExpendedPart]:
    """Record what a report expended by category of the award's budget, once.

    Raises `ValidationError` with code `expended_sum` unless the categories add up to line 10e, `category` for one that
    the budget in effect doesn't have, and `expended_part_once` for categories that are on record.
    """
    award = report.report.award
    lock_partnership(award.partnership)
    lock_row(award)
    budget = budgets_of([award]).get(award.pk)
    reject([*_categories_known(budget, parts), *parts_add_up(parts, report.expended)])
    rows = [
        ExpendedPart(financial_report=report, category=category, amount=amount, recorded_by=actor)
        for category, amount in parts.items()
    ]
    for row in rows:
        row.full_clean(exclude=("at",))
    with db_errors_as_validation():
        made = ExpendedPart.objects.bulk_create(rows)
    record(
        actor=actor, action="recorded categories", target=report, after={"parts": [audit_values(row) for row in made]}
    )
    return made


def _categories_known(budget: BudgetInEffect | None, parts: Mapping[str, Decimal]) -> list[Finding]:
    known = budget.categories if budget is not None else ()
    unknown = [category for category in parts if category not in known]
    if not unknown:
        return []
    message = f"The budget of the award has no category “{unknown[0]}”. Record it in the budget first."
    return [Finding.error("category", message)]


def parts_add_up(parts: Mapping[str, Decimal], expended: Decimal) -> list[Finding]:
    total = sum(parts.values(), Decimal(0))
    if total == expended:
        return []
    how = "less than" if total < expended else "more than"
    message = (
        f"The categories add up to {usd(total)}, {usd(abs(total - expended))} {how} line 10e, {usd(expended)}. Correct "
        "a category, or return the report to the recipient."
    )
    return [Finding.error("expended_sum", message)]
