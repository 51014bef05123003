"""Editing a draft of a scoring model: its settings, the weights below a node, and its rows one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from selection.lookups import model_versions
from selection.model_definition.criteria_table import (
    CriterionRow,
    ModelTable,
    NodeRow,
    Stage,
)
from selection.model_definition.differences import ModelPath, differences
from selection.model_definition.editing import (
    Change,
    below,
    find,
    with_row,
    with_row_moved,
    without_row,
)
from selection.model_definition.rules import BRANCHES
from selection.model_versions.forms.criteria import CriterionForm, chosen_in, filled_for
from selection.model_versions.forms.method import ChoiceForm, RuleForm
from selection.model_versions.forms.rows import (
    HurdleForm,
    NodeForm,
    RowForm,
    StatutoryForm,
    WeightsForm,
)
from selection.model_versions.forms.versions import SettingsForm
from selection.model_versions.presenters.versions import PointsTotal, siblings
from selection.model_versions.services import versions as versions_services
from selection.model_versions.views.steps import VersionAction
from selection.models import ModelState

SWITCH = "switch"
"""The button that shows a form again without saving it."""
WHOLE = "total"


class DraftAction(VersionAction):
    """Action that changes a draft. After an edit conflict, the page shows the other changes and can be sent again."""

    permission = Permission.EDIT_MODELS
    template_name = "selection/model_versions/edit.html"
    form: RevisionForm
    conflict_differences: Sequence[ModelPath] = ()
    table: ModelTable

    def change(self, values: Mapping[str, Any]) -> Change:
        """Return the change of the draft's table, which most forms make. `self.form` is the valid form."""
        change: Change = self.form.change()  # type: ignore[attr-defined]  # a ConfirmationForm has none
        return change

    def load(self) -> None:
        super().load()
        self.table = self.model.as_table

    def redirect_reason(self) -> str:
        if self.model.state == ModelState.DRAFT or self.request.method == "POST":
            return ""
        state = self.model.get_state_display().lower()
        return f"{self.model} is {state}, so you can't change it. To make changes, clone it into a new draft."

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.model.current_revision()}

    def perform(self, values: Mapping[str, Any]) -> None:
        versions_services.edit_model(
            model=self.model,
            change=self.change(values),
            actor=self.actor,
            expected_revision=self.form.expected_revision,
            note=self.form.cleaned_data.get("changes"),  # only the settings ask for it
        )

    def show_conflict(self) -> None:
        super().show_conflict()
        before = model_versions.as_it_was(self.model, self.form.expected_revision)
        self.conflict_differences = differences(before, self.table) if before else ()

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"differences": self.conflict_differences, "one": "Then", "other": "Now"}


class EditSettings(DraftAction):
    form_class = SettingsForm
    heading = "Settings"
    button = "Save the settings"
    done = "The settings are saved."
    intro = "These settings apply to the whole version."

    def form_arguments(self) -> dict[str, Any]:
        return {"model": self.model}


class EditWeights(DraftAction):
    form_class = WeightsForm
    template_name = "selection/model_versions/weights.html"
    button = "Save the weights"
    done = "The weights are saved."
    form: WeightsForm
    node: NodeRow | None

    def load(self) -> None:
        super().load()
        key = self.kwargs["key"]
        self.node = next((node for node in self.table.nodes if node.key == key), None)
        if self.node is None and key != WHOLE:
            raise Http404
        self.share = self.table.shares()[key] if self.node else 1.0
        self.label = self.node.label if self.node else "the whole"
        self.heading = f"Weights below {self.label}"
        whole = f"the {formats.share(self.share)} of the whole" if self.node else "the whole"
        self.intro = f"Set how they share {whole}."

    def form_arguments(self) -> dict[str, Any]:
        rows = siblings(self.table, self.node.key if self.node else "")
        counted = [(name, row) for name, row in rows if not isinstance(row, CriterionRow) or row.stage != "shown"]
        return {"rows": counted}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if SWITCH in request.POST:
            self.form.full_clean()
            return self.render()
        return super().post(request, *args, **kwargs)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "node": self.node,
            # Without grouping or rounding, because the page's script multiplies by it.
            "above": repr(self.share),
            "total": PointsTotal(sum(self.form.points().values()), self.label),
            "lines": self.lines(),
        }

    def lines(self) -> list[dict[str, Any]]:
        """Return each sibling with its field, its share among them, and its share of the whole, both in percent."""
        points = self.form.points()
        total = sum(points.values())
        return [
            {
                "field": self.form[f"w_{row.key}"],
                "row": row,
                "is_node": name == "nodes",
                "here": 100 * points[row.key] / total if total else 0.0,
                "whole": 100 * self.share * points[row.key] / total if total else 0.0,
            }
            for name, row in self.form.rows
        ]


# ---- rows ----------------------------------------------------------------------------------------------------------


MOVED = ("nodes", "criteria")
BY: Mapping[str, int] = {"up": -1, "down": 1}
DIRECTIONS = (("up", "arrow_upward", "Move up"), ("down", "arrow_downward", "Move down"))


class RowKind(NamedTuple):
    """A list of the model: its rows' name in a sentence, their form, and the introduction of its page."""

    name: str
    form: type[RowForm]
    intro: str


KINDS: Mapping[str, RowKind] = {
    "nodes": RowKind("node", NodeForm, "Set what this node combines and how much it counts."),
    "criteria": RowKind(
        "criterion",
        CriterionForm,
        "Set what this criterion measures, how much it counts, and how a value becomes a number from 0 to 1.",
    ),
    "hurdles": RowKind("hurdle", HurdleForm, "Set the rule and how binding it is. Hurdles are shown beside the score."),
    "mandatory": RowKind(
        "criterion of the statute",
        StatutoryForm,
        "Set what every partner must meet. No weight makes up for it.",
    ),
    "rules": RowKind(
        "rule of evidence",
        RuleForm,
        "Set what must be published about a country before it has a rank. Weights play no part.",
    ),
    "choices": RowKind(
        "choice of the method",
        ChoiceForm,
        "Set the alternatives. The list is computed for every combination of choices.",
    ),
}


class RowAction(DraftAction):
    kind: str
    what: str
    row: Mapping[str, Any]

    def load(self) -> None:
        super().load()
        self.kind = self.kwargs["kind"]
        if self.kind not in KINDS:
            raise Http404
        self.what = KINDS[self.kind].name
        self.row = self.find_row()

    def find_row(self) -> Mapping[str, Any]:
        try:
            return find(self.model.table, self.kind, self.kwargs["key"])
        except KeyError:
            raise Http404 from None


class RowFormAction(RowAction):
    """An action with the form of a row. That of a criterion is made for one kind of function and one indicator."""

    is_for_another = False

    def load(self) -> None:
        super().load()
        self.is_criterion = self.kind == "criteria"
        self.form_class, self.intro = KINDS[self.kind].form, KINDS[self.kind].intro
        self.template_name = f"selection/model_versions/{'criterion' if self.is_criterion else 'row'}.html"
        self.chosen = (str(self.row.get("function", {}).get("kind", "goalposts")), str(self.row.get("indicator", "")))

    def form_arguments(self) -> dict[str, Any]:
        arguments = {"table": self.table, "row": self.row}
        if self.is_criterion:
            arguments |= {"chosen": self.chosen, "indicators": model_versions.all_indicators()}
        return arguments

    def get_form(self) -> ActionForm:
        """Return the form. If another kind of function was chosen, return its form with the input copied."""
        sent = self.request.POST
        if self.request.method != "POST" or not self.is_criterion:
            return super().get_form()
        usual, known = self.chosen, model_versions.all_indicators()
        self.chosen = filled_for(sent, usual, known)
        form = super().get_form()
        assert isinstance(form, CriterionForm)
        if SWITCH not in sent and not form.is_for_another:
            return form
        self.is_for_another = True
        self.chosen = chosen_in(sent, usual, known)
        again = CriterionForm(initial=self.get_initial(), **self.form_arguments())
        again.take(sent)
        return again

    def facts(self) -> Sequence[tuple[str, Any]]:
        if self.kind != "choices":
            return []
        series = [f"{row.key}: {', '.join(part['key'] for part in row.series_rows)}" for row in self.table.criteria]
        return [
            ("Keys of nodes", ", ".join(node.key for node in self.table.nodes)),
            ("Keys of criteria", ", ".join(row.key for row in self.table.rows(Stage.SCREEN) if row.weight > 0)),
            ("Series", "; ".join(line for line in series if not line.endswith(": ")) or "none"),
        ]

    def change(self, values: Mapping[str, Any]) -> Change:
        return with_row(self.kind, self.kwargs.get("key", ""), values)

    def get_context(self) -> dict[str, Any]:
        again = self.is_for_another and SWITCH not in self.request.POST
        return super().get_context() | {"again": again}


class AddRow(RowFormAction):
    parameters = ("under",)

    def load(self) -> None:
        super().load()
        self.heading, self.button = f"Add a {self.what}", f"Add the {self.what}"
        self.done = f"The {self.what} is added."

    def find_row(self) -> Mapping[str, Any]:
        under = self.request.GET.get("under", "")
        if under and under not in {node.key for node in self.table.nodes}:
            raise BadRequest(f"The model has no node “{under}”.")
        above = under or BRANCHES[0]
        return {"nodes": {"parent": above}, "criteria": {"node": above}}.get(self.kind, {})


class EditRow(RowFormAction):
    def load(self) -> None:
        super().load()
        self.heading, self.button = str(self.row["label"]), f"Save the {self.what}"
        self.done = f"The {self.what} is saved."

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "kind": self.kind,
            "key": self.kwargs["key"],
            "directions": DIRECTIONS if self.kind in MOVED else (),
            # Shown once for each direction, so that its controls have no id.
            "move_form": ConfirmationForm(initial={"revision": self.model.current_revision()}, auto_id=False),
        }


class RemoveRow(RowAction):
    """Remove a row from a draft. Removing a node also removes every row below it."""

    form_class = ConfirmationForm

    def load(self) -> None:
        super().load()
        self.heading, self.button = f"Remove {self.row['label']}", f"Remove the {self.what}"
        self.done = f"{self.row['label']} is removed."

    def facts(self) -> Sequence[tuple[str, Any]]:
        if self.kind != "nodes":
            return []
        key, table = self.kwargs["key"], self.model.table
        gone = below(table, key)
        names = [row["label"] for row in table["nodes"] if row["key"] in gone and row["key"] != key]
        names += [row["label"] for row in table["criteria"] if row["node"] in gone]
        return [("Also removed", ", ".join(names) or "nothing")]

    def change(self, values: Mapping[str, Any]) -> Change:
        return without_row(self.kind, self.kwargs["key"])


class MoveRow(RowAction):
    """Move a node or criterion up or down among its siblings. Its buttons are on the page of the row."""

    http_method_names = ["post"]
    form_class = ConfirmationForm
    back = "model-row"

    def load(self) -> None:
        super().load()
        if self.kind not in MOVED:
            raise Http404
        self.by = self.request.POST.get("by", "")
        if self.by not in BY:
            raise BadRequest("Choose up or down.")
        self.done = f"Moved {self.by}."

    def back_arguments(self) -> Sequence[Any]:
        return [self.model.pk, self.kind, self.kwargs["key"]]

    def change(self, values: Mapping[str, Any]) -> Change:
        return with_row_moved(self.kind, self.kwargs["key"], BY[self.by])

    def render(self) -> HttpResponse:
        messages.error(self.request, " ".join(str(error) for errors in self.form.errors.values() for error in errors))
        return redirect(self.back_url)
