"""Pages of weighting exercises: the list, one exercise with its result, and the actions of office and participants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import charts, formats
from cpc.web.actions import Breadcrumbs
from selection.model_versions.views.steps import VersionAction
from selection.models import ModelState
from selection.page_frame import SelectionAction, or_404
from selection.weighting import drafts, forms, presenters, queries
from selection.weighting import services as weighting_services
from selection.weighting.queries import Exercise
from selection.weighting.spread import ENOUGH

SWITCH = "switch"
"""Button that shows the weights of an answer without saving it."""


def _breadcrumbs() -> list[tuple[str, str]]:
    return [("Home", reverse("home")), ("Weighting exercises", reverse("weightings"))]


@require_safe
@requires(Permission.USE_PAGES)
def weightings(request: HttpRequest) -> HttpResponse:
    """List the exercises that the account may see: all for the office, for a reviewer those that ask its agency."""
    check_parameters(request, ())
    user, today = user_of(request), timezone.now().date()
    rows = [queries.exercise_of(row, user, today) for row in queries.exercises(user)]
    return render(request, "selection/weighting/list.html", {"rows": rows, "today": today})


@require_safe
@requires(Permission.USE_PAGES)
def show_exercise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who has answered and, to those who may see it, the result."""
    check_parameters(request, ())
    user, today = user_of(request), timezone.now().date()
    exercise = or_404(queries.find_exercise(user, pk, today))
    row, edits = exercise.row, user.allows(Permission.EDIT_MODELS)
    shows = exercise.sees_answers and bool(exercise.answered)
    context = {
        "exercise": exercise,
        "row": row,
        "today": today,
        "result": presenters.result_of(row.nodes, row.model.as_table, exercise.answered) if shows else None,
        "changed_after": [one for one in exercise.answered if shows and exercise.saw_others(one)],
        "marks": charts.weight_marks(),
        "enough": ENOUGH,
        "may_edit": edits and row.is_open,
        "may_draft": edits and bool(exercise.answered) and (exercise.is_complete or not row.is_open),
        "may_drop": edits and row.is_open and len(exercise.answered) < len(exercise.everyone),
        "sees_models": user.allows(Permission.VIEW_RANKINGS),
    }
    return render(request, "selection/weighting/exercise.html", context)


class OpenExercise(VersionAction):
    permission = Permission.EDIT_MODELS
    form_class = forms.OpenForm
    heading = "Ask for weights"
    button = "Open the exercise"
    done = "The exercise is open. Everyone who is asked finds it in their queue."
    intro = (
        "People of the office and agencies weigh the criteria of this version by what a swing from 0 to 1 is worth. "
        "No one sees the answers of others before giving their own."
    )

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.model.state in (ModelState.DRAFT, ModelState.PUBLISHED):
            return ""
        return f"{self.model} is {self.model.get_state_display().lower()}. Weigh a draft or the published version."

    def form_arguments(self) -> dict[str, Any]:
        return {"people": queries.members(), "agencies": queries.agencies()}

    def get_initial(self) -> dict[str, Any]:
        return {"title": f"Weights of {self.model}"[:120]}

    def facts(self) -> Sequence[tuple[str, Any]]:
        named = [one.short for one in queries.statutory_agencies()]
        return [("Named for the criteria by 22 U.S.C. 7103a(d)(5)", formats.listing(named))] if named else []

    def perform(self, values: Mapping[str, Any]) -> str:
        opened = weighting_services.open_exercise(model=self.model, actor=self.actor, **values)
        return reverse("weighting", args=[opened.pk])


class ExerciseAction(SelectionAction):
    """Action on one exercise that the account sees."""

    permission = Permission.EDIT_MODELS
    back = "weighting"
    exercise: Exercise

    def load(self) -> None:
        self.exercise = or_404(queries.find_exercise(self.actor, self.kwargs["pk"], self.today))
        self.kicker = str(self.exercise.row)

    def redirect_reason(self) -> str:
        is_over = not self.exercise.row.is_open and self.request.method != "POST"
        return "The exercise is closed." if is_over else ""

    def back_arguments(self) -> Sequence[Any]:
        return [self.exercise.row.pk]

    def breadcrumbs(self) -> Breadcrumbs:
        row = self.exercise.row
        return [*_breadcrumbs(), (str(row), reverse("weighting", args=[row.pk]))]


class AskMore(ExerciseAction):
    form_class = forms.AskMoreForm
    heading = "Ask others, or give more time"
    button = "Save"
    done = "Saved. Those concerned are notified."

    def form_arguments(self) -> dict[str, Any]:
        people, agencies = queries.left_to_ask(self.exercise)
        return {"people": people, "agencies": agencies}

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": self.exercise.row.due_on}

    def perform(self, values: Mapping[str, Any]) -> None:
        weighting_services.ask_more(exercise=self.exercise.row, actor=self.actor, **values)


class DropParticipant(ExerciseAction):
    form_class = forms.DropParticipantForm
    heading = "Stop asking someone"
    button = "Stop asking"
    done = "Recorded. The answer is no longer asked for."
    intro = "Only someone who has not answered. The reason stays on record."

    def waiting(self) -> list[queries.Participation]:
        return [one for one in self.exercise.everyone if one.answer is None]

    def form_arguments(self) -> dict[str, Any]:
        return {"waiting": self.waiting()}

    def perform(self, values: Mapping[str, Any]) -> None:
        chosen = next(one for one in self.waiting() if str(one.participant.pk) == values["participant"])
        weighting_services.drop_participant(participant=chosen.participant, reason=values["reason"], actor=self.actor)


class CloseExercise(ExerciseAction):
    form_class = forms.CloseForm
    heading = button = "Close the exercise"
    done = "The exercise is closed."
    intro = "No one answers any more, and everyone who was asked sees all answers. An exercise is not reopened."

    def facts(self) -> Sequence[tuple[str, Any]]:
        answered = f"{len(self.exercise.answered)} of {len(self.exercise.everyone)}"
        return [("Answered", answered), ("Due", formats.day(self.exercise.row.due_on))]

    def perform(self, values: Mapping[str, Any]) -> None:
        weighting_services.close_exercise(exercise=self.exercise.row, reason=values["reason"], actor=self.actor)


class MakeDraft(ExerciseAction):
    form_class = forms.DraftForm
    form: forms.DraftForm
    heading = "Draft a version from the answers"
    button = "Make the draft"
    done = "The draft is ready. Another person publishes it, and an approver adopts it."
    intro = "Every answer counts the same. The exercise is closed with the draft."

    def redirect_reason(self) -> str:
        if self.request.method == "POST":
            return ""
        return "" if self.exercise.answered else "No one has answered."

    def blocked_reason(self) -> str:
        if self.exercise.row.is_open and not self.exercise.is_complete:
            return drafts.INCOMPLETE
        return ""

    def get_initial(self) -> dict[str, Any]:
        return {"revision": drafts.revision_of(drafts.answers_to(self.exercise.row))}

    def facts(self) -> Sequence[tuple[str, Any]]:
        count = len(self.exercise.answered)
        spread = "can be estimated" if count >= ENOUGH else f"needs at least {ENOUGH} answers"
        return [("Answers", count), ("Spread", spread)]

    def perform(self, values: Mapping[str, Any]) -> str:
        draft = drafts.make_draft(
            exercise=self.exercise.row,
            takes_weights=values["takes"] in ("weights", "both"),
            takes_spread=values["takes"] in ("spread", "both"),
            note=values["note"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
        return reverse("model", args=[draft.pk])


class OwnAction(ExerciseAction):
    """Action of a participant on its own answer; anyone else gets a 404."""

    permission = Permission.USE_PAGES

    def load(self) -> None:
        super().load()
        if self.exercise.own is None:
            raise Http404
        self.own = self.exercise.own

    def blocked_reason(self) -> str:
        if self.exercise.may_answer or not self.exercise.row.is_open:
            return ""
        return "A point of contact of your agency states its weights."

    def get_initial(self) -> dict[str, Any]:
        return {"revision": weighting_services.revision_of(self.own.participant)}


class StateWeights(OwnAction):
    form_class = forms.StateForm
    form: forms.StateForm
    template_name = "selection/weighting/answer.html"
    heading = "State your weights"
    button = "Submit the weights"
    done = "Your weights are on record. You can replace or withdraw them while the exercise is open."

    def form_arguments(self) -> dict[str, Any]:
        return {"nodes": self.exercise.row.nodes}

    def get_initial(self) -> dict[str, Any]:
        answer = self.own.answer
        initial = super().get_initial()
        if answer is None:
            return initial
        for kind, held in (("r", answer.ranks), ("p", answer.points)):
            for node, parts in held.items():
                for part, value in parts.items():
                    name = weighting_services.field_of(kind, node, part)
                    initial[name] = int(value) if value == int(value) else value
        return initial | {"comment": answer.comment}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if SWITCH in request.POST:
            self.form.full_clean()
            return self.render()
        return super().post(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> None:
        weighting_services.state_weights(
            participant=self.own.participant,
            ranks=self.form.numbers("r"),
            points=self.form.numbers("p"),
            comment=values["comment"],
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "exercise": self.exercise,
            "row": self.exercise.row,
            "own": self.own,
            "nodes": self.form.lines(),
            "today": self.today,
        }


class WithdrawWeights(OwnAction):
    form_class = forms.WithdrawAnswerForm
    heading = button = "Withdraw the answer"
    done = "The answer is withdrawn. It stays on record with the reason."

    def redirect_reason(self) -> str:
        reason = super().redirect_reason()
        if reason or self.request.method == "POST":
            return reason
        return "" if self.own.answer else "No answer is on record."

    def perform(self, values: Mapping[str, Any]) -> None:
        weighting_services.withdraw_weights(participant=self.own.participant, reason=values["reason"], actor=self.actor)
