"""Presentation of the causes of a country's movement: old and new value, publisher, and edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cpc.web import formats
from cpc.web.tables import Column
from indicators.models import Indicator, Observation
from selection.countries import published as published_presenters
from selection.countries.presenters import country as country_presenters
from selection.model_definition.criteria_table import CriterionRow
from selection.models import ScoreRun
from selection.run_comparison.presenters.model_parts import (
    MoveReason,
    Stated,
    StepLine,
    other_parts,
    step_line,
    steps_text,
)
from selection.run_comparison.presenters.page import cause_label
from selection.run_comparison.queries.causes import (
    Cause,
    CauseChange,
    Line,
    age,
    observations_of,
    source,
)
from selection.run_comparison.queries.comparison import Comparison, RunMove
from selection.run_comparison.queries.data_differences import DataBehind, fresh_and_gone
from selection.run_comparison.queries.model_parts import Parts, StepPart
from selection.runs import labels
from selection.scoring import PEERS

SHOWN = 3
"""Most criteria that the text on a movement names; the export has all."""

NAMED = 8
"""Most countries that passed another, or were passed by it, named in one sentence."""

PRINTED = 0.05
"""Fewest points for which a criterion is named; fewer display as 0.0."""


@dataclass(frozen=True, slots=True)
class Why:
    """Movement of a country with its reasons; `_others.html` has the sentence on a movement by other countries.

    `more` is the number of criteria not named. `steps` are the parts of the change of rank between runs of two models,
    instead of reasons.
    """

    move: RunMove
    cause: str
    reasons: Sequence[MoveReason] = ()
    steps: Sequence[StepLine] = ()
    more: int = 0

    @property
    def own_points(self) -> str:
        """Return the size of the change of its own score; "" if that is almost the same."""
        size = abs(self.move.points or 0.0)
        return formats.number(size, 1) if size >= PRINTED else ""

    @property
    def passed_by(self) -> str:
        return formats.listing(self.move.passed_by, most=NAMED)

    @property
    def passes(self) -> str:
        return formats.listing(self.move.passes, most=NAMED)


@dataclass(frozen=True)
class CauseText:
    """Comparison with the data behind it, from which each reason is described.

    `hidden` are the keys of criteria that the reader does not see yet.
    """

    found: Comparison
    data: DataBehind
    hidden: frozenset[str] = frozenset()

    def visible(self, changes: Sequence[CauseChange]) -> list[CauseChange]:
        return [change for change in changes if change.key not in self.hidden]

    def why(self, move: RunMove) -> Why:
        cause = cause_label(move.cause, self.found)
        if move.parts is not None:
            steps = self.parts(move, move.parts)
            return Why(move, cause, steps=steps[:SHOWN], more=max(len(steps) - SHOWN, 0))
        changes = self.visible(move.deciding if move.places is None else move.changes)
        felt = [change for change in changes if move.places is None or abs(change.points) >= PRINTED]
        return Why(move, cause, [self.reason(change) for change in felt[:SHOWN]], more=max(len(felt) - SHOWN, 0))

    def parts(self, move: RunMove, parts: Parts) -> list[StepLine]:
        """Return the parts of a change of rank that move the country, those that move it most first."""
        lines = [self.step(move, part) for part in parts.felt]
        lines += other_parts(parts)
        return sorted(lines, key=lambda line: -abs(line.rise))

    def step(self, move: RunMove, part: StepPart) -> StepLine:
        """Return one step between the models of the runs, with the values of the criterion that it is about."""
        keys = {key for name, key in part.step.subjects if name == "criteria"}
        change = next((change for change in self.visible(move.changes) if change.key in keys), None)
        return step_line(part, self.found, None if change is None else self.reason(change))

    def reason(self, change: CauseChange) -> MoveReason:
        row = self.found.pair.row(change.key)
        one = change.cause in (Cause.AGE, Cause.FITTED, Cause.MODEL) and not any(fresh_and_gone(change))
        return MoveReason(
            label=row.label,
            points=formats.signed(change.points, 1) if abs(change.points) >= PRINTED else "",
            cause=cause_label(change.cause, self.found),
            before=self.stated(row, change.before, self.found.before),
            after=self.stated(row, change.after, self.found.after),
            before_lacking=self.lacking(row, change.before),
            after_lacking=self.lacking(row, change.after),
            note=self.note(row, change),
            is_one_value=one,
        )

    def any_of(self, row: CriterionRow) -> Indicator | None:
        return self._indicators.get(row.indicator or next(iter(sorted(row.indicators)), ""))

    @cached_property
    def _indicators(self) -> Mapping[str, Indicator]:
        rows = self.data.observations.values()
        return {found.indicator.code: found.indicator for found in rows}

    def stated(self, row: CriterionRow, line: Line | None, run: ScoreRun) -> tuple[Stated, ...]:
        """Return the published values that a line of a run rests on."""
        if line is None or row.is_rated:
            return ()
        return tuple(
            _stated(row, line, found, series, self.edition(found, run))
            for found, series in _observed(line, self.data)
            if found is not None and not found.missing
        )

    def edition(self, found: Observation, run: ScoreRun) -> str:
        """Return publisher and edition of a value.

        If the file is newer than the run, the text also explains why the value counts.
        """
        publisher, edition = found.indicator.source.publisher.split(",")[0], labels.edition(found.edition)
        day, file = self.data.days.get(found.pk), found.batch.published_on
        is_named_by_file = (
            found.edition == found.batch.edition
        )  # otherwise its edition is older, which is enough to tell
        if not (is_named_by_file and day and file and day <= run.reference_date < file):
            return f"{publisher}, {edition}"
        return f"{publisher}, counts as published from {formats.day(day)}, read from the file of the {edition}"

    def lacking(self, row: CriterionRow, line: Line | None) -> str:
        """Describe what counts without a published value: "no value, filled from 12 peers as 23.4%"."""
        if line is None:
            return "not counted"
        if row.is_rated:
            return "as rated" if line.get("ratings") else "not rated"
        if source(line) == PEERS:
            as_what = counted_value(row, line, self.any_of(row))
            filled = f", filled from {formats.count_of(len(line['estimate'].get('peers', ())), 'peer')}"
            return f"no value{filled}{f' as {as_what}' if as_what else ''}"
        return "no value"

    def note(self, row: CriterionRow, change: CauseChange) -> str:
        """Return a note on both values: difference in age, which one counts, and retraction."""
        difference = self._difference(row, change)
        notes = [note for note in (difference, _weights(change, is_explained=bool(difference))) if note]
        return "; ".join(notes)

    def _difference(self, row: CriterionRow, change: CauseChange) -> str:
        before, after = change.before, change.after
        if before is None or after is None or row.is_rated:
            return ""
        fresh, gone = fresh_and_gone(change)
        one, other = (counted_value(row, line, self.any_of(row)) for line in (before, after))
        used = f"counts as {other}, was {one}" if one and other and one != other else ""
        if change.cause is Cause.MODEL:
            return used
        if change.cause is Cause.AGE:
            age_text = _older(before, after, bool(fresh or gone))
            trend = ", so the trend of past years moves it further" if (row.estimate or {}).get("trend") else ""
            return f"{age_text}{trend}: it {used}" if used else age_text
        if change.cause is Cause.PEERS:
            return _peers(before, after)
        if change.cause is Cause.FITTED:
            return (
                f"the same value, adjusted by values of other countries, which changed{f': it {used}' if used else ''}"
            )
        return self._new(fresh, gone)

    def _new(self, fresh: Sequence[int], gone: Sequence[int]) -> str:
        rows = self.data.observations
        back = {edition.batch for edition in self.data.editions if edition.is_taken_back}
        if any(pk in rows and rows[pk].batch_id in back for pk in gone):
            return "the earlier value was retracted"
        if len(fresh) == len(gone) == 1 and _edition(rows.get(fresh[0])) == _edition(rows.get(gone[0])):
            day = self.data.days.get(fresh[0])
            from_when = f": counts as published from {formats.day(day)}" if day else ""
            return (
                f"the newer value was not yet published on {formats.day(self.found.before.reference_date)}{from_when}"
            )
        same_year = len(fresh) == len(gone) == 1 and _key(rows.get(fresh[0])) == _key(rows.get(gone[0]))
        return "revised for the same year" if same_year else ""


# ---- values --------------------------------------------------------------------------------------------------------


def _observed(line: Line, data: DataBehind) -> list[tuple[Observation | None, str]]:
    published = line.get("estimate", {}).get("published", ())
    ids = observations_of(line)
    keys = [one["series"] for one in published] if len(published) == len(ids) else [""] * len(ids)
    return [(data.observations.get(pk), key) for pk, key in zip(ids, keys, strict=True)]


def _stated(row: CriterionRow, line: Line, found: Observation, series: str, edition: str) -> Stated:
    part = next((part for part in row.series_rows if part["key"] == series), {})
    amount = published_presenters.amount(row, found.value, found.indicator)
    text = labels.value_label(found.label) if found.label else amount
    # Other differences between the published and the counted value are in the note on both runs.
    is_turned = found.value is not None and row.counts(found.value, series) != found.value
    counts = published_presenters.counts_as(row, found, line.get("estimate")) if is_turned else ""
    name = f", {part['label']}" if part and part is not row.series_rows[0] and not found.series else ""
    return Stated(
        published_presenters.name_of(found.indicator),
        f"{text} ({found.series or found.period}{name}{f'; counts as {counts}' if counts else ''})",
        edition,
        found,
    )


def counted_value(row: CriterionRow, line: Line | None, indicator: Indicator | None) -> str:
    """Return the value that a line counts as, in the criterion's unit; "" for a level or no value."""
    estimate = (line or {}).get("estimate", {})
    if line is None or row.is_ordinal or row.is_rated:
        return ""
    if estimate.get("best") is not None:
        return published_presenters.amount(row, estimate["best"], indicator)
    raw = (
        None
        if line["u"] is None or estimate.get("source") != PEERS
        else country_presenters.raw_of(row.function, line["u"])
    )
    return "" if raw is None else published_presenters.amount(row, raw, indicator)


def _key(found: Observation | None) -> tuple[object, ...]:
    return (found.indicator_id, found.period, found.series) if found else ()


def _edition(found: Observation | None) -> tuple[object, ...] | None:
    return (found.batch_id, found.edition) if found else None


def _older(before: Line, after: Line, is_another: bool) -> str:
    if is_another:
        return "both values were published by both dates; because of their age, a different one counts now"
    years = (age(after) or 0) - (age(before) or 0)
    unit, way = formats.agree(abs(years), "year", "years"), "older" if years >= 0 else "younger"
    return f"the same value, {formats.spell_out(abs(years)).lower()} {unit} {way}"


def _peers(before: Line, after: Line) -> str:
    one, other = (set(line.get("estimate", {}).get("peers", ())) for line in (before, after))
    if one and other and one == other:
        return "filled from the same peers, whose values changed"
    return "filled from other peers" if one and other else ""


def _weights(change: CauseChange, *, is_explained: bool) -> str:
    one, other = (100 * float(line["nominal_weight"]) if line else 0.0 for line in (change.before, change.after))
    if round(one, 6) != round(other, 6):
        return f"weight {formats.number(other, 1)} of 100, was {formats.number(one, 1)}"
    if change.cause is Cause.MODEL:
        return "" if is_explained else "counted under a different rule"
    is_only_share = change.before and change.after and change.before["u"] == change.after["u"]
    if is_only_share and not any(fresh_and_gone(change)) and change.cause is Cause.DATA:
        return "carries the weight of a criterion in its group that does not apply"
    return ""


# ---- the sheet -----------------------------------------------------------------------------------------------------

SheetRow = tuple[RunMove, CauseChange | None]


def sheet_rows(causes: CauseText) -> list[SheetRow]:
    """Return one row per changed country and differing criterion, or one without a criterion."""
    return [(move, change) for move in causes.found.changed for change in (causes.visible(move.changes) or (None,))]


def sheet_fields(causes: CauseText) -> tuple[Column[SheetRow], ...]:
    def stated(change: CauseChange, side: str) -> tuple[Stated, ...]:
        line, run = getattr(change, side), getattr(causes.found, side)
        return causes.stated(causes.found.pair.row(change.key), line, run)

    def value(change: CauseChange | None, side: str) -> str:
        if change is None:
            return ""
        text = "; ".join(f"{value.name}: {value.text}" for value in stated(change, side))
        return text or causes.lacking(causes.found.pair.row(change.key), getattr(change, side))

    def edition(change: CauseChange | None, side: str) -> str:
        return "; ".join(value.edition for value in stated(change, side)) if change else ""

    before, after = f"run {causes.found.before.pk}", f"run {causes.found.after.pk}"
    return (
        Column("Country", lambda row: row[0].row.name, width=28),
        Column("Code", lambda row: row[0].row.code, width=8),
        Column(f"Rank, {before}", lambda row: row[0].before.rank if row[0].before else None, width=10),
        Column(f"Rank, {after}", lambda row: row[0].after.rank if row[0].after else None, width=10),
        Column("Places up among those ranked by both", lambda row: row[0].places, width=12),
        Column("Places up by its own changes alone", lambda row: row[0].alone, width=12),
        Column("Standing", lambda row: row[0].status_label, width=24),
        Column(f"Score, {before}", lambda row: row[0].before.score if row[0].before else None, width=10),
        Column(f"Score, {after}", lambda row: row[0].after.score if row[0].after else None, width=10),
        Column("Main cause", lambda row: cause_label(row[0].cause, causes.found), width=24),
        Column("Ranks up, by part", lambda row: steps_text(row[0], causes.found), width=48),
        Column("Criterion", lambda row: causes.found.pair.row(row[1].key).label if row[1] else "", width=32),
        Column("Cause", lambda row: cause_label(row[1].cause, causes.found) if row[1] else "", width=24),
        Column("Points", lambda row: row[1].points if row[1] and row[0].points is not None else None, width=10),
        Column(f"Value, {before}", lambda row: value(row[1], "before"), width=28),
        Column(f"Value, {after}", lambda row: value(row[1], "after"), width=28),
        Column(f"Edition, {before}", lambda row: edition(row[1], "before"), width=28),
        Column(f"Edition, {after}", lambda row: edition(row[1], "after"), width=28),
        Column("Note", lambda row: causes.note(causes.found.pair.row(row[1].key), row[1]) if row[1] else "", width=40),
    )
