"""Lead of a ranking whose draws are all-in: who is firmly in, what keeps the list open, and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.web import formats
from selection.model_definition.criteria_table import ModelTable
from selection.ranking.presenters.sentences import whole_percent
from selection.ranking.presenters.verdict import verdict_of
from selection.ranking.queries.findings import groups_of
from selection.ranking.queries.listing import RANKED, ListTab
from selection.runs import labels
from selection.runs.queries.all_in import TIERS, AllInFindings, GroupOutcome, OverdueEdition, UnpublishedStatement
from selection.runs.rows import Ranking
from selection.runs.verdicts import Fact, PageVerdict

NAMED = 6
"""The most countries firmly in that a sentence names."""


def finding_of(tab: ListTab, ranking: Ranking, found: AllInFindings | None) -> PageVerdict:
    if tab is RANKED and found is not None and groups_of(ranking) is not None:
        return lead_of(ranking, found)
    return verdict_of(tab, ranking)


def lead_of(ranking: Ranking, found: AllInFindings) -> PageVerdict:
    """Return the sentence above the list, what limits it, and the three groups with their counts if settled."""
    first = ranking.table.first
    verb = formats.agree(len(found.overdue), "is", "are")
    lacking = f" while the {_reports(found.overdue)} {verb} missing" if found.overdue else ""
    finding = _firmly_in(found.now, ranking, f"in the first {first}{lacking}")
    parts = _overdue(ranking, found) if found.overdue else [_rest(found.now, ranking.table)]
    parts += [_statement(stated) for stated in found.statements]
    return PageVerdict(finding, " ".join(parts), _facts(found))


def unchanged(found: AllInFindings) -> str:
    """Return the condition under which the counts of a settled list hold: "if no tier changes"."""
    return "if no tier changes" if _are_tiers(found.overdue) else "if no value changes"


def _are_tiers(editions: Sequence[OverdueEdition]) -> bool:
    return all(edition.source_key == TIERS for edition in editions)


def _firmly_in(outcome: GroupOutcome, ranking: Ranking, where: str) -> str:
    count = len(outcome.inside)
    if not count:
        return f"No country is firmly {where}."
    named = f": {_names(ranking, outcome.inside)}" if count <= NAMED else ""
    return f"{formats.count_of(count, 'country is', 'countries are')} firmly {where}{named}."


def _names(ranking: Ranking, codes: Sequence[str]) -> str:
    """Return the names of some countries by alphabet: their order is not what the sentence claims."""
    rows = [row for code in codes if (row := ranking.row(code))]
    return formats.listing(sorted(row.name for row in rows))


def _rest(now: GroupOutcome, table: ModelTable) -> str:
    """Return the limits of the groups, with how many countries are out and open."""
    limits = table.method["groups"]
    sure, never = whole_percent(limits["in_draws"]), whole_percent(limits["out"])
    out, open_ = now.counts["out"], now.counts["open"]
    return (
        f"Firmly in means in the first {table.first} in at least {sure} of draws of data, weights, and method. "
        f"{formats.count_of(out, 'is', 'are')} firmly out, in under {never}, "
        f"and {formats.count_of(open_, 'is', 'are')} open."
    )


def _overdue(ranking: Ranking, found: AllInFindings) -> list[str]:
    """Return since when the editions are due, and what holds if they change nothing."""
    one = len(found.overdue) == 1
    days = formats.listing([formats.day(edition.due_on) for edition in found.overdue])
    what = "tier" if _are_tiers(found.overdue) else "value from it"
    since = (
        f"The report has been due since {days} and is not loaded, so every {what} may have changed."
        if one
        else f"The reports have been due since {days} and are not loaded, so every {what} may have changed."
    )
    if found.settled is None:
        return [since]
    changes = "it changes" if one else "they change"
    return [since, f"If {changes} none, {_if_settled(ranking, found.now, found.settled)}"]


def _if_settled(ranking: Ranking, now: GroupOutcome, settled: GroupOutcome) -> str:
    count = len(settled.inside)
    if not count:
        who = "still no country is firmly in"
    elif count <= NAMED:
        who = f"{_names(ranking, settled.inside)} {formats.agree(count, 'is', 'are')} firmly in"
    else:
        who = f"{formats.count_of(count, 'country is', 'countries are')} firmly in"
    before, after = _whole_width(now), _whole_width(settled)
    if before is None or after is None or before == after:
        return f"{who}."
    verb = "shrinks" if after < before else "grows"
    return f"{who}, and the typical range of ranks {verb} from {before} places to {after}."


def _whole_width(outcome: GroupOutcome) -> int | None:
    return None if outcome.width is None else round(outcome.width)


def _statement(stated: UnpublishedStatement) -> str:
    by = f"By a statement of {stated.who}, " if stated.who else ""
    sentence = (
        f"the {stated.edition} {stated.report} had not been published as of {formats.day(stated.as_of)}, "
        "so it does not count as overdue."
    )
    return by + (sentence if by else labels.raised(sentence))


def _reports(editions: Sequence[OverdueEdition]) -> str:
    """Return the missing editions: "2026 TIP Report", "2026 and 2027 TIP Reports"."""
    years: dict[str, list[str]] = {}
    for edition in editions:
        years.setdefault(edition.report, []).append(edition.edition)
    return formats.listing(
        [f"{formats.listing(years[name])} {formats.agree(len(years[name]), name, f'{name}s')}" for name in years]
    )


def _facts(found: AllInFindings) -> tuple[Fact, ...]:
    """Return the counts of the groups; a count that differs if settled has that one beside it."""
    facts = []
    for group, label in labels.SCREEN_GROUPS.items():
        now = found.now.counts[group]
        then = found.settled.counts[group] if found.settled else now
        note = f"{then} {unchanged(found)}" if then != now else ""
        facts.append(Fact(label, str(now), note, group=group))
    return tuple(facts)


def newest_overdue(found: AllInFindings) -> OverdueEdition | None:
    """Return the newest edition that is overdue: the one that would settle the list. None if none is."""
    return max(found.overdue, key=lambda edition: edition.due_on, default=None)
