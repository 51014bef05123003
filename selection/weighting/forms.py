"""Forms of weighting exercises: open one, ask more, state weights, withdraw, close, and make a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from cpc.accounts.models import Agency, User
from cpc.days import DayFormField
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm
from cpc.web.fields import AmountField
from selection.form_parts import offer, text
from selection.weighting.queries import Participation
from selection.weighting.services import TOP, field_of
from selection.weighting.spread import normalized

DUE = "The last day for an answer."


class _AskForm(ActionForm):
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label="People of the office", widget=forms.CheckboxSelectMultiple, required=False
    )
    agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label="Agencies", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, people: QuerySet[User], agencies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "people", people)
        offer(self, "agencies", agencies)


class OpenForm(_AskForm):
    field_order = ("title", "reason", "people", "agencies", "due_on")

    title = forms.CharField(label="Title", max_length=120)
    reason = text("Why these weights are asked for", "Everyone who is asked reads it.")
    due_on = DayFormField(label="Due", help_text=DUE)


class AskMoreForm(_AskForm):
    due_on = DayFormField(label="Due", help_text="Time that was given can only be extended.")


class DropParticipantForm(ConfirmationForm):
    participant = forms.ChoiceField(label="Who is no longer asked", widget=forms.RadioSelect)
    reason = text("Why")

    def __init__(self, *args: Any, waiting: Sequence[Participation], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "participant", [(str(one.participant.pk), str(one.participant)) for one in waiting])


class WithdrawAnswerForm(ConfirmationForm):
    reason = text("Why the answer is withdrawn", "Stored with the answer, which stays on record.")


class CloseForm(ConfirmationForm):
    reason = text("Why the exercise is closed", "Everyone who was asked reads it.")


class DraftForm(ConfirmationForm):
    takes = forms.ChoiceField(
        label="What the draft takes from the answers",
        choices=[
            ("weights", "The mean weights"),
            ("both", "The mean weights and the spread"),
            ("spread", "The spread"),
        ],
        widget=forms.RadioSelect,
    )
    note = text("What is different, and why", "Stored with the version. You can change it until it is published.")
    error_fields = {"takes": "takes", "too_few": "takes"}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a node on the form: its inputs, and the weight that its points give, None before all are typed."""

    part: Mapping[str, Any]
    rank: BoundField
    points: BoundField
    weight: float | None

    @property
    def weight_text(self) -> str:
        return formats.DASH if self.weight is None else formats.share(self.weight)


@dataclass(frozen=True, slots=True)
class NodeToWeigh:
    node: Mapping[str, Any]
    lines: Sequence[PartLine]


class StateForm(ConfirmationForm):
    """Form of an answer: rank and points of each part of each node, none of them preselected."""

    error_fields = {"comment": "comment"}

    def __init__(self, *args: Any, nodes: Sequence[Mapping[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.nodes = nodes
        for node in nodes:
            parts = node["children"]
            for part in parts:
                self.fields[field_of("r", node["key"], part["key"])] = forms.IntegerField(
                    label=f"Rank of {part['label']}",
                    min_value=1,
                    max_value=len(parts),
                    widget=_small("numeric"),
                )
                self.fields[field_of("p", node["key"], part["key"])] = AmountField(
                    label=f"Points of {part['label']}",
                    min_value=0,
                    max_value=TOP,
                    decimal_places=1,
                    widget=_small("decimal"),
                )
        self.fields["comment"] = text("Why you weigh them in this way", "Shown beside your weights.")

    def numbers(self, kind: str) -> dict[str, dict[str, float]]:
        """Return the ranks (r) or points (p) that were typed and are numbers, by node and part."""
        typed = getattr(self, "cleaned_data", {})
        found = {
            node["key"]: {part["key"]: typed.get(field_of(kind, node["key"], part["key"])) for part in node["children"]}
            for node in self.nodes
        }
        return {
            node: {part: float(value) for part, value in parts.items() if value is not None}
            for node, parts in found.items()
        }

    def lines(self) -> list[NodeToWeigh]:
        points = self.numbers("p") if self.is_bound else self._initial_points()
        return [NodeToWeigh(node, self._lines(node, points[node["key"]])) for node in self.nodes]

    def _initial_points(self) -> dict[str, dict[str, float]]:
        names = {node["key"]: [part["key"] for part in node["children"]] for node in self.nodes}
        given = {
            node: {part: self.initial.get(field_of("p", node, part)) for part in parts} for node, parts in names.items()
        }
        return {node: {part: float(v) for part, v in parts.items() if v is not None} for node, parts in given.items()}

    def _lines(self, node: Mapping[str, Any], points: Mapping[str, float]) -> list[PartLine]:
        parts, key = node["children"], node["key"]
        whole = len(points) == len(parts) and sum(points.values()) > 0
        weights = normalized([points[part["key"]] for part in parts]) if whole else [None] * len(parts)
        return [
            PartLine(part, self[field_of("r", key, part["key"])], self[field_of("p", key, part["key"])], weight)
            for part, weight in zip(parts, weights, strict=True)
        ]


def _small(mode: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "usa-input usa-input--small", "inputmode": mode, "autocomplete": "off"})
