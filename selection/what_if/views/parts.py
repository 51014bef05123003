"""Parts of the What if page: its form, the effect, the slope chart, and the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.templatetags.static import static
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.charts import Chart, Slope, slope
from selection.lookups.model_versions import version_of
from selection.ranking.presenters.sentences import chance, limits_of
from selection.runs import labels
from selection.runs.movements import Move
from selection.scoring import Status
from selection.what_if.answer import Answered
from selection.what_if.effect import effect
from selection.what_if.payload import payload
from selection.what_if.presenters import sentences as sentences_presenters
from selection.what_if.presenters.sentences import NO_EFFECT, NOTHING_WEIGHTED, OUT_OF_RANGE, EffectText
from selection.what_if.queries.answers import AnsweredQuestion
from selection.what_if.queries.scenarios import asked_again, scenarios_of
from selection.what_if.views.form_parts import countries, form_context
from selection.what_if.views.listing import QuestionListing

LEAST_DRAWN = 3
"""Fewest ranked countries for which a slope is drawn."""


# ---- the answer ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of the list: ranks now and before, movement, and chances as text."""

    code: str
    name: str
    href: str
    rank: int
    before: str
    move: Move
    interval: str
    chance: str
    group: str
    is_cut: bool


def rows_of(listing: QuestionListing) -> list[ListRow]:
    """Return the list, its first rows or all."""
    asked = listing.asked
    ranked = asked.shown.ranked if listing.everything else asked.shown.ranked[: shown_rows(asked)]
    return [_row(listing, row, asked) for row in ranked]


def shown_rows(asked: AnsweredQuestion) -> int:
    """Return how many rows the list shows unasked: half again the first N."""
    return asked.first + asked.first // 2


def _row(listing: QuestionListing, row: Answered, asked: AnsweredQuestion) -> ListRow:
    assert row.rank is not None  # the row is one of the ranked
    before = asked.base.ranks.get(row.code)
    interval, share = chances_of(asked, row)
    return ListRow(
        row.code,
        asked.name(row.code),
        country_address(listing, row.code),
        row.rank,
        formats.DASH if before is None else str(before),
        Move(row.code, before, row.rank),
        interval,
        share,
        group_text(asked, row),
        row.rank == asked.first,
    )


def country_address(listing: QuestionListing, code: str) -> str:
    """Return the URL of a country's page as it is in the run."""
    query = {"run": listing.parameters["run"]} if "run" in listing.parameters else None
    return reverse("country", args=[code], query=query)


def chances_of(asked: AnsweredQuestion, row: Answered) -> tuple[str, str]:
    """Return a country's interval and share of draws: for the question if it was drawn, else for the run."""
    if row.chances is not None:
        return f"{row.chances.low}{formats.DASH}{row.chances.high}", chance(row.chances.p20, asked.ranking.table)
    of_run = asked.rows.get(row.code)
    if asked.is_drawn or of_run is None or of_run.rank is None or of_run.low is None:
        return formats.DASH, formats.DASH
    return f"{of_run.low}{formats.DASH}{of_run.high}", chance(of_run.p20, asked.ranking.table)


def group_text(asked: AnsweredQuestion, row: Answered) -> str:
    """Return a country's group: by the draws of the question if they were made, else as in the run."""
    if asked.is_drawn:
        return labels.SCREEN_GROUPS.get(asked.group_of(row), formats.DASH)
    of_run = asked.rows.get(row.code)
    return labels.SCREEN_GROUPS.get(of_run.group, formats.DASH) if of_run else formats.DASH


def shown_in_slope(asked: AnsweredQuestion) -> int:
    """Return how many ranks the slope chart shows."""
    return max(asked.first, min(round(1.3 * asked.first), max(len(asked.base.ranks), len(asked.shown.ranks))))


def chart_of(listing: QuestionListing) -> Chart | None:
    """Return both lists side by side; None if too few countries are ranked."""
    asked = listing.asked
    before, after = asked.base.ranks, asked.shown.ranks
    if len(after) < LEAST_DRAWN:
        return None
    top = shown_in_slope(asked)
    codes = sorted({*before, *after}, key=lambda code: (after.get(code, len(after) + 1), before.get(code, 0)))
    rows = [Slope(asked.name(c), before.get(c), after.get(c), country_address(listing, c)) for c in codes]
    context = f"First {top} of both lists. Shaded: the first {asked.first}."
    return slope(
        "what-if",
        sentences_presenters.stay_text(asked.effect),
        context,
        (asked.base.short, "Now"),
        rows,
        first=asked.first,
        top=top,
    )


def effect_context(listing: QuestionListing) -> dict[str, Any]:
    """Return what the question changes, as text, lists and pictures."""
    asked = listing.asked
    found, run = asked.effect, f"run {asked.run.pk}"
    nothing = f"Nothing has changed: this is {run}."
    own = asked.base.key == str(asked.run.pk)
    limits = limits_of(asked.ranking.table, "in_draws")
    is_run = asked.question.is_official and own
    stopped = stop_text(listing)
    if stopped:
        found = effect(asked.base.ranks, asked.base.ranks, asked.first)  # no country moves while nothing is computed
    moves = {name: [_move(listing, move) for move in getattr(found, name)] for name in ("enters", "leaves")}
    return {
        "effect": found,
        "verdict": stopped or sentences_presenters.effect_text(found, asked.name, unchanged=nothing if is_run else ""),
        **moves,
        "farthest": "" if stopped else farthest_of(listing),
        "noise": NO_EFFECT
        if stopped
        else sentences_presenters.noise_text(found, asked.rows, run, drawn_of(asked), limits),
        "bar": stopped.bold if stopped else sentences_presenters.bar_text(found, asked.name, asked.rows),
        "chart": chart_of(listing),
        "rows": rows_of(listing),
        "ranked": len(asked.shown.ranks),
        "counts": counts_text(asked),
        "error": asked.found.error,
        "faults": [str(fault) for fault in listing.asking.faults.values()],
        "stopped": bool(stopped),
        "lone": "" if listing.asking.faults else asked.found.lone,
    }


def farthest_of(listing: QuestionListing) -> str:
    """Return who moves farthest by other options, where nothing else differs from the run; "" otherwise."""
    asked = listing.asked
    question = asked.question
    alone = not (question.weights or question.changes_who) and asked.base.key == str(asked.run.pk)
    phrases = asked.askable.phrases(question.options) if alone else []
    return sentences_presenters.farthest_text(asked.effect, asked.name, phrases)


def stop_text(listing: QuestionListing) -> EffectText | None:
    """Return what to say instead of an effect if nothing could be computed, or None."""
    if listing.asking.faults:
        return OUT_OF_RANGE
    return NOTHING_WEIGHTED if listing.asked.found.error else None


def drawn_of(asked: AnsweredQuestion) -> dict[str, float] | None:
    """Return the chances of the first N in the draws with these weights, by code; None if none were made."""
    return {row.code: row.chances.p20 for row in asked.shown.rows if row.chances} or None


def _move(listing: QuestionListing, move: Move) -> dict[str, str]:
    return {
        "name": listing.asked.name(move.code),
        "href": country_address(listing, move.code),
        "before": "no rank" if move.before is None else str(move.before),
        "after": "no rank" if move.after is None else str(move.after),
    }


def counts_text(asked: AnsweredQuestion) -> str:
    """Return how many countries have no rank, and why."""
    answer = asked.shown
    provisional, outside = answer.count(Status.PROVISIONAL), answer.count(Status.OUTSIDE_POOL)
    without = "are provisional and get no rank" if provisional > 1 else "is provisional and gets no rank"
    left_out = f"{countries(outside)} of the TIP Report {'are' if outside > 1 else 'is'} outside the pool"
    return labels.raised(f"{countries(provisional)} {without}; {left_out}.")


def script_data(listing: QuestionListing) -> dict[str, Any]:
    """Return the data that the page's script needs in addition to the payload of the run."""
    asked = listing.asked
    of_run = {"run": listing.parameters["run"]} if "run" in listing.parameters else None
    drawn = {row.code: [row.chances.low, row.chances.high, row.chances.p20] for row in asked.shown.rows if row.chances}
    return {
        "base": {"short": asked.base.short, "ranks": asked.base.ranks, "own": asked.base.key == str(asked.run.pk)},
        "groups": {row.code: row.group for row in asked.ranking.ranked},
        "run": f"run {asked.run.pk}",
        "groups_by": group_rule(asked),
        "limits": limits_of(asked.ranking.table, "in_draws"),
        "rows": None if listing.everything else shown_rows(asked),
        "top": shown_in_slope(asked),
        "drawn": drawn or None,
        "kept": list(listing.parameters.items()),
        "scenario": listing.scenario.question if listing.scenario else None,
        "urls": {
            "page": reverse("what-if"),
            "keep": reverse("scenario-new"),
            "draft": reverse("what-if-draft") if listing.user.allows(Permission.EDIT_MODELS) else "",
        },
        "worker": static("js/what_if/worker.js"),
        "tables": reverse("what-if-draws", query=of_run),
    }


def group_rule(asked: AnsweredQuestion) -> dict[str, Any] | None:
    """Return the shares of draws at which a country is in or out, and the groups' labels; None by an earlier rule."""
    method = asked.basis.model.method
    if method is None or not asked.is_all_in:
        return None
    return {"in": method.groups.in_draws, "out": method.groups.out, "labels": dict(labels.SCREEN_GROUPS)}


def again_of(listing: QuestionListing) -> dict[str, Any] | None:
    """Return how to ask the scenario of an earlier version again; None for one of the newest run's version."""
    again = asked_again(listing.scenario) if listing.scenario else None
    if again is None:
        return None
    pairs = [] if again.question is None else again.question.pairs()
    url = "" if again.question is None else reverse("what-if") + (f"?{urlencode(pairs)}" if pairs else "")
    return {"run": again.run, "url": url}


def page_context(listing: QuestionListing) -> dict[str, Any]:
    """Return the context of the What if page: question, answer, scenarios, and the script's data."""
    asked, user = listing.asked, listing.user
    run, scenario = asked.run, listing.scenario
    return {
        "run": run,
        "asked": asked,
        "first": asked.first,
        "model_version": run.model_version,
        "version": version_of(run),
        "draws": asked.basis.model.draws,
        "everything": listing.everything,
        "all_url": listing.address(show="all"),
        "csv_url": listing.address(format="csv", **({"draws": "1"} if asked.is_drawn else {})),
        "save_url": listing.action_url("scenario-new"),
        "draft_url": listing.action_url("what-if-draft"),
        "may_draft": user.allows(Permission.EDIT_MODELS),
        "scenario": scenario,
        "scenario_changed": scenario is not None and scenario.question != asked.question.to_dict(),
        "again": again_of(listing),
        "is_all_in": asked.is_all_in,
        "draw_text": sentences_presenters.drawn_text(asked),
        "is_own": scenario is not None and scenario.author_id == user.pk,
        "scenarios": scenarios_of(user),
        "payload": payload(asked.basis, run, asked.ranking.rows),
        "page_data": script_data(listing),
        **form_context(listing),
        **effect_context(listing),
    }
