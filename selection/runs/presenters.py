"""Runs as text: why one is listed in addition to the default, and from when values count as published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, lines, link, small
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from indicators.models import Indicator
from indicators.queries import REVISED_FILES, Known, dating_of
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import ScoreRun
from selection.pool_rules.pools import STATED
from selection.runs.labels import QUALITY, edition, lowered, value_label
from selection.runs.queries.report_used import report_used
from selection.runs.queries.run_reads import DataChange, ReadChange, names_of
from selection.runs.queries.stored_runs import Since
from selection.scoring_inputs.question import BESIDE, Beside

COMPLETE_REPORT = (
    f"Tiers come from the newest TIP Report published by that date whose loaded files state at least {STATED:.0%} "
    "of them; a report with fewer is skipped."
)
"""Rule for the report that counts, in addition to the days of publication."""

DESK_SCREENS, FULL_SCORES = "Desk screens", "Full scores of rounds"

Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Runs to choose from in groups, each run by its number and as text."""


def beside(run: ScoreRun) -> str:
    """Return why a run is listed in addition to the default one; empty for a run that is or was the default."""
    why = run.inputs.get(BESIDE, "")
    day = formats.day(run.reference_date)
    if is_look_back(run):
        return f"As known on {day}"
    return f"{day}: only the date differs" if why == Beside.DAY else ""


def is_look_back(run: ScoreRun) -> bool:
    """Return whether a run is the ranking as known on a day that was over."""
    return bool(run.inputs.get(BESIDE, "") == Beside.LOOK_BACK)


def choices(runs: Iterable[ScoreRun]) -> Choices:
    """Return runs to choose from, desk screens first: "Run 4, as known on Dec 31, 2024", "Run 2, full score of …"."""
    groups: dict[str, list[tuple[str, str]]] = {DESK_SCREENS: [], FULL_SCORES: []}
    for run in runs:
        groups[DESK_SCREENS if run.stage == Stage.SCREEN else FULL_SCORES].append((str(run.pk), _run_label(run)))
    return [(label, found) for label, found in groups.items() if found]


def _run_label(run: ScoreRun) -> str:
    scored = next((f" of {one.round}" for one in run.rounds.all()), "")
    stage = "" if run.stage == Stage.SCREEN else f", {run.get_stage_display().lower()}{scored}"
    why = beside(run)
    when = lowered(why) or f"counted to {formats.day(run.reference_date)}, data no. {run.as_of}"
    return f"Run {run.pk}{stage}, {when}, {run.model_key} {run.model_version}"


def limit(run: ScoreRun) -> str:
    """Return the limits of a ranking as known on a past day; "" for any other run."""
    return f"{beside(run)}. {REVISED_FILES}" if is_look_back(run) else ""


def describe_report(run: ScoreRun, table: ModelTable) -> str:
    """Return the TIP Report whose tiers a run counts, and why it is not the newest of its day; "" without tiers."""
    used = report_used(run, table)
    if not used.edition or not used.passed_over:
        return f"TIP Report of {used.edition}" if used.edition else ""
    others = formats.listing([f"{count} of {period}" for period, count in used.passed_over])
    return (
        f"TIP Report of {used.edition}, the newest published by that date for which the loaded files state "
        f"at least {used.share:.0%} of the tiers: {used.stated} tiers, compared with {others}"
    )


NAMED = 3
"""Changed values that a page names."""


def data_changes(found: Since) -> list[str]:
    """Return what was published since a run that it would read differently: a count by kind, then the first values."""
    if not found.publications:
        return []
    if not found.changes:
        return ["It changes the group of a country, such as its region."]
    counts = [formats.count_of(count, text, texts) for kind, text, texts in KINDS if (count := found.count(kind))]
    named = found.changes[:NAMED]
    names, indicators = names_of(named)
    more = len(found.changes) - len(named)
    lines = [_changed(change, names, indicators) for change in named]
    return [f"{formats.listing(counts)}.", *lines, *([f"and {more:,} more"] if more else [])]


KINDS = (
    (DataChange.VALUE, "value differs", "values differ"),
    (DataChange.QUALITY, "is confirmed or marked otherwise", "are confirmed or marked otherwise"),
    (DataChange.STATEMENT, "comes from another edition", "come from another edition"),
)
"""Kinds of change, as text after a count of one and of several."""


def _changed(change: ReadChange, names: Mapping[str, str], indicators: Mapping[str, Indicator]) -> str:
    """Return one change: "Ghana, TIP Report tier: Tier 2 (2025) is confirmed"."""
    stated = change.after or change.before
    assert stated is not None  # a change has at least one side
    where = f"{names.get(change.country, change.country)}, {indicators[stated.indicator].name}"
    before, after = (_value(one, indicators) for one in (change.before, change.after))
    if change.kind is DataChange.VALUE or change.before is None or change.after is None:
        return f"{where}: {before or 'no value'} before, {after or 'no value'} now"
    if change.kind is DataChange.STATEMENT:
        return f"{where}: {after} from {edition(change.after.edition)}, before from {edition(change.before.edition)}"
    if (change.before.quality, change.after.quality) == ("unconfirmed", "stated"):
        return f"{where}: {after} is confirmed"
    was, now = (QUALITY[one.quality].lower() or "stated" for one in (change.before, change.after))
    return f"{where}: {after} is {now} now, {was} before"


def _value(one: Known | None, indicators: Mapping[str, Indicator]) -> str:
    if one is None or one.missing:
        return ""
    text = value_label(one.label) if one.label else formats.number(one.value, indicators[one.indicator].decimals)
    return f"{text} ({one.period})"


def rules_of_publication(sources: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return from when the values of each source, by key and title, count as published."""
    return [(title, text) for key, title in sources if (text := dating_of(key).rule_text)]


RUNS = declare(ListPage("runs", "Runs", "run", "runs", "runs"))


def runs_table(newest: ScoreRun | None) -> Table[ScoreRun]:
    """Return the stored runs; `newest` is the one that pages show first."""

    def name(run: ScoreRun) -> SafeString:
        url = link(reverse("run", args=[run.pk]), f"Run {run.pk}")
        if run == newest:
            return format_html("{} {}", url, status("info", "Shown first", tag=True, icon_name="flag"))
        return lines(url, small(beside(run)))

    def see(run: ScoreRun) -> SafeString:
        if newest is None or run == newest:
            return link(reverse("ranking"), "Ranking")
        both = reverse("runs-compare", query={"one": run.pk, "other": newest.pk})
        return format_html(
            '{}<div class="u-gap-top">{}</div>',
            link(reverse("ranking", query={"run": run.pk}), "Ranking"),
            link(both, f"Compare with run {newest.pk}"),
        )

    return Table(
        "Runs",
        [
            Column("Run", name),
            Column(
                "Computed",
                lambda run: run.created_at,
                "moment",
                detail=lambda run: str(run.created_by or "by the system"),
            ),
            Column("Data", _data),
            Column("Model", lambda run: lines(f"{run.model_key} {run.model_version}", code(run.model_hash[:12]))),
            Column("Ranked", lambda run: run.ranked, "number"),
            Column("See", see, is_action=True),
        ],
        caption="Stored runs",
        css="usa-table--hover",
        per_page=25,
        more=[
            Column("Day of the ranking", lambda run: run.reference_date, "day"),
            Column("Publication", lambda run: run.as_of, "number"),
            Column("Computed by", lambda run: str(run.created_by or "the system")),
        ],
    )


def _data(run: ScoreRun) -> SafeString:
    at = format_html(", {}", when(run.as_of_at, "moment")) if run.as_of_at else ""
    loaded = format_html("of the data loaded by publication {}{}", run.as_of, at)
    return lines(format_html("Published by {}", when(run.reference_date)), small(loaded))
