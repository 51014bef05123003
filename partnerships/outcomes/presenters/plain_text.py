"""The figures as plain text, for the output of the command."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from cpc.web import formats
from partnerships.outcomes.comparing import Compared, NotCompared
from partnerships.outcomes.measures import METHOD
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.presenters.folds import check_lines, check_text
from partnerships.outcomes.presenters.lead import lead_of
from partnerships.outcomes.presenters.page import editions_text
from partnerships.outcomes.presenters.partners import waiting_note
from partnerships.outcomes.queries import Outcomes
from partnerships.outcomes.results import MeasureResult, OutcomeResults
from partnerships.outcomes.verdict import verdict_of

WIDTH = 110
"""Letters in a line of running text."""
HEAD = ("Partner", "Before", "After", "Change", "Group", "Difference", "Place", "p")


def as_text(found: Outcomes, results: OutcomeResults) -> str:
    """Return the lead sentence, the figures of each measure with its pooled line, and the checks."""
    lines = [
        f"Outcomes as of publication no. {found.number}: {editions_text(results)}; method version {METHOD}",
        "",
        *textwrap.wrap(lead_text(results), WIDTH),
    ]
    for result in results.measures.values():
        lines += ["", *_measure(result, found.names)]
    return "\n".join([*lines, "", *_checks(results, found.names)])


def lead_text(results: OutcomeResults) -> str:
    """Return the lead sentence without markup."""
    html = render_to_string("partnerships/outcomes/_lead.html", {"lead": lead_of(verdict_of(results))})
    return " ".join(unescape(strip_tags(html)).split())


def _measure(result: MeasureResult, names: Mapping[str, str]) -> Iterator[str]:
    measure = result.measure
    yield f"{measure.title} ({measure.unit})"
    yield from _aligned([HEAD, *(_partner(result, one, names) for one in result.partners)])
    if (line := result.pooled) is None:
        yield f"Pooled: none; {formats.count_of(len(result.compared), 'partner')} of the five that are needed."
        return
    yield (
        f"Pooled, {line.partners}: {numbers.difference(measure, line.difference)}, 95% range "
        f"{numbers.size(measure, line.low)} to {numbers.size(measure, line.high)}; p {numbers.chance(line.p)}, "
        f"adjusted {numbers.chance(result.adjusted)}; detectable {numbers.size(measure, line.detectable)} "
        f"({numbers.size(measure, line.detectable_first)}); {line.draws:,} draws"
    )


def _partner(result: MeasureResult, one: Compared | NotCompared, names: Mapping[str, str]) -> Sequence[str]:
    measure, name = result.measure, names.get(one.country, one.country)
    if isinstance(one, NotCompared):
        return (name, waiting_note(measure, one))
    return (
        name,
        numbers.size(measure, one.before),
        numbers.size(measure, one.after),
        numbers.difference(measure, one.change),
        numbers.difference(measure, one.group_change),
        f"{numbers.difference(measure, one.difference)}{'~' if one.is_loose else ''}",
        f"{one.rank} of {one.of}",
        numbers.chance(one.p),
    )


def _checks(results: OutcomeResults, names: Mapping[str, str]) -> Iterator[str]:
    yield "Checks: pooled difference by other rules, and p. ~ above: loose match."
    measures = [result.measure for result in results.measures.values()]
    rows: list[Sequence[str]] = [("Check", *(measure.tab for measure in measures))]
    for line in check_lines(results, names):
        rows.append((line.label, *(check_text(line, measure) or "" for measure in measures)))
    yield from _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with the first column at the left and the others at the right; a short row ends in running text."""
    full = [row for row in rows if len(row) == len(rows[0])]
    widths = [max(len(row[column]) for row in full) for column in range(len(rows[0]))]
    widths[0] = max(len(row[0]) for row in rows)
    for row in rows:
        if len(row) < len(widths):
            yield f"  {row[0]:<{widths[0]}}  {'  '.join(row[1:])}"
            continue
        cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield f"  {row[0]:<{widths[0]}}  {'  '.join(cells)}".rstrip()
