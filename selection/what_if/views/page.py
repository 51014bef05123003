"""Views of the What if page and its CSV: other weights, another pool, or other evidence rules."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.web import exports
from selection.lookups.model_versions import version_of
from selection.lookups.weightings import spread_from
from selection.ranking.presenters.sentences import limits_of
from selection.ranking.views.listing import one_of
from selection.runs import labels
from selection.runs.movements import Move
from selection.what_if.listing import QuestionListing
from selection.what_if.payload import payload
from selection.what_if.presenters import export as export_presenters
from selection.what_if.presenters.effect import effect_context
from selection.what_if.presenters.follow import follow_context
from selection.what_if.presenters.ranked_list import rows_at_first
from selection.what_if.presenters.sentences import drawn_text, sentences
from selection.what_if.presenters.slope_chart import ranks_in_slope
from selection.what_if.presenters.weights_form import form_context
from selection.what_if.queries.answers import AnsweredQuestion
from selection.what_if.queries.scenarios import asked_again, scenarios_of
from selection.what_if.question import NUMBER_HINT, YEARS_HINT, Question
from selection.what_if.views.listing import asking_of, listing_of, unasked


@require_safe
@requires(Permission.VIEW_RANKINGS)
def what_if(request: HttpRequest) -> HttpResponseBase:
    """Show a run by other weights; `?draws=1` adds their chances, `?format=csv` exports the list.

    A number out of range has its message at its field, and the list is that of the run.
    """
    asking = asking_of(request, at_fields=True)
    if asking.basis is None:
        return unasked(request, asking.run)
    listing = listing_of(request, asking)
    if one_of(request, "format", ("", "csv"), "There is no export as"):
        if asking.faults:
            raise BadRequest(" ".join(map(str, asking.faults.values())))
        return _export(listing)
    status = HTTPStatus.BAD_REQUEST if asking.faults else HTTPStatus.OK
    return render(request, "selection/what_if/page.html", page_context(listing), status=status)


def _export(listing: QuestionListing) -> HttpResponseBase:
    answered = listing.answered
    fields = export_presenters.fields(answered)
    return exports.response("csv", answered.shown.ranked, fields, f"what if run {answered.run.pk}", sheet="What if")


def script_data(listing: QuestionListing) -> dict[str, Any]:
    """Return the data that the page's script needs in addition to the payload of the run."""
    answered = listing.answered
    of_run = {"run": listing.parameters["run"]} if "run" in listing.parameters else None
    drawn = {
        row.code: [row.chances.low, row.chances.high, row.chances.p20] for row in answered.shown.rows if row.chances
    }
    changes = Question(changes=answered.question.changes).pairs()
    return {
        "base": {
            "short": answered.base.short,
            "ranks": answered.base.ranks,
            "own": answered.base.key == str(answered.run.pk),
        },
        "groups": {row.code: row.group for row in answered.ranking.ranked},
        "run": f"run {answered.run.pk}",
        "groups_by": group_rule(answered),
        "limits": limits_of(answered.ranking.table, "in_draws"),
        "sentences": sentences(),
        "hints": {"number": NUMBER_HINT, "years": YEARS_HINT},
        "rows": None if listing.everything else rows_at_first(answered),
        "top": ranks_in_slope(answered),
        "names": {weight.key: labels.short(weight.label) for weight in answered.askable.weights.values()},
        "drawn": drawn or None,
        "inAddress": [*listing.parameters.items(), *listing.followed, *changes],
        "changes": changes,
        "follow": listing.follow,
        "scenario": listing.scenario.question if listing.scenario else None,
        "urls": {
            "page": reverse("what-if"),
            "keep": reverse("scenario-new"),
            "draft": reverse("what-if-draft") if listing.user.allows(Permission.EDIT_MODELS) else "",
        },
        "worker": static("js/what_if/worker.js"),
        "tables": reverse("what-if-draws", query=of_run),
    }


def group_rule(answered: AnsweredQuestion) -> dict[str, Any] | None:
    """Return the shares of draws at which a country is in or out, and the groups' labels; None by an earlier rule."""
    method = answered.basis.model.method
    if not answered.is_all_in:
        return None
    return {"in": method.groups.in_draws, "out": method.groups.out, "labels": dict(labels.SCREEN_GROUPS)}


def again_of(listing: QuestionListing) -> dict[str, Any] | None:
    again = asked_again(listing.scenario) if listing.scenario else None
    if again is None:
        return None
    run, question = again
    return {"run": run, "url": "" if question is None else reverse("what-if", query=question.pairs())}


def page_context(listing: QuestionListing) -> dict[str, Any]:
    answered, user = listing.answered, listing.user
    run, scenario = answered.run, listing.scenario
    return {
        "run": run,
        "answered": answered,
        "first": answered.first,
        "model_version": run.model_version,
        "version": version_of(run),
        "draws": answered.basis.model.draws,
        "weighting": spread_from(answered.ranking.table),
        "everything": listing.everything,
        "all_url": listing.address(show="all"),
        "csv_url": listing.address(format="csv", **({"draws": "1"} if answered.is_drawn else {})),
        "save_url": listing.action_url("scenario-new"),
        "draft_url": listing.action_url("what-if-draft"),
        "may_draft": user.allows(Permission.EDIT_MODELS),
        "scenario": scenario,
        "scenario_changed": scenario is not None and scenario.question != answered.question.to_dict(),
        "again": again_of(listing),
        "is_all_in": answered.is_all_in,
        "draw_text": drawn_text(answered),
        "is_own": scenario is not None and scenario.author_id == user.pk,
        "scenarios": scenarios_of(user),
        "payload": payload(answered.basis, run, answered.ranking.rows),
        "page_data": script_data(listing),
        # The script shows copies of these, with another number of places.
        "sample_moves": [Move("", before, after) for before, after in ((2, 1), (1, 2), (None, 1), (1, 1))],
        **form_context(listing),
        **effect_context(listing),
        **follow_context(listing),
    }
