"""Remedies, by how much they would help: an overdue edition, figures by the points they add, and tiers to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from cpc.web import formats
from indicators.models import Source
from selection.how_sure.presenters import all_in as all_in_presenters
from selection.how_sure.presenters.export import TaskRow
from selection.how_sure.presenters.page import width_text
from selection.how_sure.presenters.work_list import (
    LOAD,
    DataLink,
    DataLinks,
    Editions,
    ask,
    points,
    short_publisher,
    whole_points,
    why,
)
from selection.how_sure.queries.findings import FigureDoubt, HowSure, Sum
from selection.model_definition.criteria_table import CriterionRow
from selection.runs import labels
from selection.runs.queries.all_in import AllInFindings, OverdueEdition

FIGURES = 2
"""Number of figures on the page; the task list has all."""

GAINERS = 2
"""Number of countries named for which a figure is worth most."""

FIND = "Where to find it"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that would make the order more certain: what to do, what it would settle, and where to do it.

    `is_main` is true for the one that the page puts first with a button.
    """

    title: str
    note: str
    link: DataLink | None
    is_main: bool = False


def remedies(
    findings: HowSure, all_in: AllInFindings, sources: Mapping[str, Source], links: DataLinks, editions: Editions
) -> list[Remedy]:
    """Return what would help, by what it would settle.

    An overdue edition comes first if more countries would be firmly in with it, else among the figures by its points.
    Tiers to confirm come last, because they settle nothing.
    """
    late = {one.criterion for one in all_in.overdue}
    sums = [one for one in findings.sums if _is_worth_a_point(one)]
    ranked = [(one.value, _figure(one, sources, links, editions)) for one in sums if one.criterion.key not in late]
    remedy = _overdue(findings, all_in, sources, links)
    chosen = [figure for _, figure in ranked[:FIGURES]]
    if remedy is not None:
        waiting = sum(one.value for one in sums if one.criterion.key in late)
        ahead = 0 if _more_inside(all_in) else sum(value > waiting for value, _ in ranked[:FIGURES])
        chosen.insert(ahead, remedy)
    confirm = _confirm(findings, all_in, sources, links)
    return [*chosen, *([confirm] if confirm else [])]


def _more_inside(all_in: AllInFindings) -> int:
    """Return how many more countries are firmly in if no label of an overdue edition changes."""
    return (all_in.settled.counts["in"] if all_in.settled else 0) - all_in.now.counts["in"]


# ---- an overdue edition --------------------------------------------------------------------------------------------


def _overdue(
    findings: HowSure, all_in: AllInFindings, sources: Mapping[str, Source], links: DataLinks
) -> Remedy | None:
    if not all_in.overdue or all_in.settled is None:
        return None
    edition = all_in.overdue[-1]
    title = f"Load the {all_in_presenters.edition_name(edition, findings.table)}"
    note = _settles_and_worth(findings, all_in, edition, all_in_presenters.single_label(all_in.overdue, findings.table))
    row = findings.table.row(edition.criterion)
    link = links(row)
    if link is not None and link.label == LOAD:
        return Remedy(title, note, DataLink("Load it", link.url), is_main=True)
    return Remedy(title, note, where_to_find(row, sources))


def _settles_and_worth(findings: HowSure, all_in: AllInFindings, edition: OverdueEdition, label: str) -> str:
    """Return the points of an overdue edition, in the unit of the other remedies, and what it would settle."""
    worth = [_worth(one) for one in findings.sums if one.criterion.key == edition.criterion and _is_worth_a_point(one)]
    return " ".join([*worth, settles(all_in, label)])


def _is_worth_a_point(one: Sum) -> bool:
    return round(100 * one.value) >= 1


def settles(all_in: AllInFindings, label: str) -> str:
    """Return what loading an overdue edition that changes nothing would settle: firmly in, and the middle range."""
    assert all_in.settled is not None
    now, then = all_in.now.counts["in"], all_in.settled.counts["in"]
    inside = f"{labels.countries(then) if then else 'no country'} firmly in"
    inside += f" instead of {now or 'none'}" if now != then else ", as now"
    width = ""
    if all_in.now.width is not None and all_in.settled.width is not None:
        wide, narrow = round(all_in.now.width), round(all_in.settled.width)
        if narrow != wide:
            width = f", and the middle range {narrow} instead of {width_text(wide)}"
    return f"If no {label} changes: {inside}{width}."


# ---- figures -------------------------------------------------------------------------------------------------------


def _figure(one: Sum, sources: Mapping[str, Source], links: DataLinks, editions: Editions) -> Remedy:
    source = sources.get(one.criterion.key)
    parts = [_loaded(source, editions), _worth(one)]
    return Remedy(_title(one, source), " ".join(part for part in parts if part), _link(one, source, sources, links))


def _title(one: Sum, source: Source | None) -> str:
    figure = labels.short(one.criterion.label)
    if source is None:
        return f"Rate {figure}"
    if source.is_frozen:
        return f"Get figures of your own: {figure}"
    if one.doubts.get(FigureDoubt.LEVEL):
        return f"Load a newer edition: {figure}"
    return f"Get newer figures: {figure}"


def _loaded(source: Source | None, editions: Editions) -> str:
    """Return the publisher and the edition that is loaded, and whether a newer one is expected."""
    if source is None:
        return "Analysts rate it."
    publisher = short_publisher(source.publisher)
    if source.key not in editions:
        return f"{publisher}."
    edition, age = editions[source.key]
    expected = f", {labels.lowered(age.label)}" if age.kind == "warn" else ""
    return f"{publisher}, edition {edition.label} loaded{expected}."


def _worth(one: Sum) -> str:
    """Return the points that knowing a figure adds over all countries, and who gains most."""
    most = [f"{figure.row.name} ({points(figure.value)})" for figure in one.largest[:GAINERS]]
    if one.countries == 1:
        return f"Worth {whole_points(one.value)}, all for {one.largest[0].row.name}."
    return f"Worth {whole_points(one.value)} over {labels.countries(one.countries)}, most for {formats.listing(most)}."


def _link(one: Sum, source: Source | None, sources: Mapping[str, Source], links: DataLinks) -> DataLink | None:
    if source is None or source.is_frozen:
        return links(one.criterion)  # raters rate it, or the office supplies its own figure
    return where_to_find(one.criterion, sources)


def where_to_find(row: CriterionRow, sources: Mapping[str, Source]) -> DataLink | None:
    """Return the publisher's page of the data, else our page of the source; None for what raters rate."""
    source = sources.get(row.key)
    if source is None:
        return None
    return DataLink(FIND, source.homepage or reverse("source", args=(source.key,)))


# ---- tiers to confirm ----------------------------------------------------------------------------------------------


def _confirm(
    findings: HowSure, all_in: AllInFindings, sources: Mapping[str, Source], links: DataLinks
) -> Remedy | None:
    """Return the tiers to confirm, those of countries without a rank included; None if all are confirmed."""
    ranked, first = all_in.unconfirmed.ranked, all_in.unconfirmed.first
    others = sum(row.rank is None for row in findings.unchecked)
    count = ranked + others
    row = findings.tier
    if not count or row is None:
        return None
    link = links(row)
    link = (
        DataLink("Confirm tiers", reverse("tier-list")) if link and link.label == LOAD else where_to_find(row, sources)
    )
    whose = f"{ranked} ranked ({first} of the first {all_in.unconfirmed.of_first})"
    whose += f" and {formats.count_of(others, 'other')}." if others else "."
    effect = (
        "Removes the mark “not confirmed”, not a doubt: the draws take recorded tiers as right, so ranks and ranges "
        "move only if a tier turns out different."
    )
    return Remedy(f"Confirm {formats.count_of(count, 'tier')}", f"{whose} {effect}", link)


# ---- work list -----------------------------------------------------------------------------------------------------


def task_rows(
    findings: HowSure, all_in: AllInFindings | None, sources: Mapping[str, Source], links: DataLinks
) -> list[TaskRow]:
    """Return the work list: overdue editions first, and the tiers to check where they belong.

    Checking a tier removes doubt only in a run that counts every tier as exact; in any other it comes last.
    """
    figures = [
        TaskRow("Get", one.criterion.label, why(one), ask(one.criterion, sources), links(one.criterion), one.row, one)
        for one in findings.figures
    ]
    verb, doubt = "Confirm", "Not confirmed against the report; ranges move only if the tier turns out different"
    if all_in is None:
        verb, doubt = "Check", "Counts as exact, but has not been checked against the report"
    tier = findings.tier
    name, whom, link = (tier.label, ask(tier, sources), links(tier)) if tier else ("", "", None)
    tiers = [TaskRow(verb, name, doubt, whom, link, row) for row in findings.unchecked]
    if all_in is None:
        return [*tiers, *figures]
    return [*_edition_rows(findings, all_in, sources, links), *figures, *tiers]


def _edition_rows(
    findings: HowSure, all_in: AllInFindings, sources: Mapping[str, Source], links: DataLinks
) -> list[TaskRow]:
    if all_in.settled is None:
        return []
    label, table = all_in_presenters.single_label(all_in.overdue, findings.table), findings.table
    editions = [(one, table.row(one.criterion)) for one in reversed(all_in.overdue)]
    return [
        TaskRow(
            "Load",
            all_in_presenters.edition_name(one, table),
            _settles_and_worth(findings, all_in, one, label),
            ask(row, sources),
            links(row),
        )
        for one, row in editions
    ]
