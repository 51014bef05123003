"""Form of the What if page: its weights with their shares, the pool, the rules of evidence, and the choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from selection.pool_rules.policy import REASONS, describe_rule
from selection.runs import labels
from selection.runs.queries.all_in import all_in_findings
from selection.what_if.askable import LEAST_YEARS, MOST_YEARS, Askable, AskableGroup
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.sentences import say
from selection.what_if.queries.answers import comparable_runs, run_label
from selection.what_if.queries.scenarios import scenarios_of
from selection.what_if.question import RULE, WEIGHT, Question, QuestionError, shown, written

ROUNDED = 0.35
"""Tolerance of a group's sum of tenths around 100."""

UNCHANGED = "run"
"""Value in a submitted form for weights as in the run: an empty field would not be submitted."""

Shares = Mapping[str, float]
"""Share of the whole, 0 to 1, of each weight by key."""


@dataclass(frozen=True, slots=True)
class Field:
    """One weight of the form: its number now and in the model, and its share of the whole now and in the run.

    `error` is the message on a number that is out of range.
    """

    key: str
    label: str
    value: str
    was: str
    share: str
    was_share: str
    error: str = ""

    @property
    def is_changed(self) -> bool:
        return self.value != self.was

    @property
    def is_moved(self) -> bool:
        """Return whether the share of the whole is another than the run's, as text."""
        return self.share != say("share", {"share": self.was_share})


@dataclass(frozen=True, slots=True)
class Fields:
    """A group of the form, with the groups below it that are folded away. `note` is on a sum that is not 100."""

    key: str
    label: str
    note: str
    fields: tuple[Field, ...]
    below: tuple[Fields, ...] = ()

    @property
    def is_open(self) -> bool:
        """Return whether the group is shown open: something in it is changed."""
        return any(field.is_changed for field in self.fields)


def fields_of(listing: QuestionListing) -> list[Fields]:
    """Return the groups of weights: those below the root's own branches are folded into the group above."""
    askable = listing.answered.askable
    shares = _shares(listing.asking.form, askable), _shares(Question(), askable)
    top = [group for group in askable.groups if not group.parent or group.parent == askable.root.key]
    return [_fields(listing, group, shares, fold=bool(group.parent)) for group in top]


def _fields(listing: QuestionListing, group: AskableGroup, shares: tuple[Shares, Shares], *, fold: bool) -> Fields:
    question, askable, asking = listing.asking.form, listing.answered.askable, listing.asking
    numbers = question.numbers(group, askable)
    now, before = shares
    fields = tuple(
        Field(
            weight.key,
            weight.label,
            asking.typed.get(
                f"{WEIGHT}{weight.key}",
                written(number) if weight.key in question.weights else shown(weight.percent),
            ),
            shown(weight.percent),
            say("share", {"share": share_text(now[weight.key])}),
            share_text(before[weight.key]),
            _hint(asking.faults.get(f"{WEIGHT}{weight.key}")),
        )
        for weight, number in zip(group.weights, numbers, strict=True)
    )
    below = [below for below in askable.groups if fold and below.parent == group.key]
    return Fields(
        group.key,
        group.label,
        sum_text(numbers) if group.parent or sum(numbers) else "",  # the page prints the root's text above the list
        fields,
        tuple(_fields(listing, one, shares, fold=True) for one in below),
    )


def _hint(error: QuestionError | None) -> str:
    return error.hint if error else ""


def _shares(question: Question, askable: Askable) -> Shares:
    """Return the share of the whole of every weight by key, 0 to 1."""
    shares: dict[str, float] = {}
    for group in askable.groups:
        numbers = question.numbers(group, askable)
        above, total = shares.get(group.key, 1.0), sum(numbers)
        for weight, number in zip(group.weights, numbers, strict=True):
            shares[weight.key] = above * number / total if total else 0.0
    return shares


def share_text(share: float) -> str:
    """Write a share of the whole: whole percent from ten on, else with a decimal."""
    percent = 100 * share
    return f"{written(percent, 0 if percent >= 9.95 else 1)}%"


def sum_text(numbers: Sequence[float]) -> str:
    """Return what to know of a group whose numbers do not add up to 100; "" if they nearly do."""
    total = sum(numbers)
    facts = {"is_zero": not total, "is_near_100": abs(total - 100) < ROUNDED, "total": shown(total)}
    return say("sum", facts | {"shares": formats.listing([f"{shown(100 * n / (total or 1))}%" for n in numbers])})


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """Checkbox, or an evidence rule with its limit in years."""

    key: str
    label: str
    is_on: bool
    note: str = ""
    years: str = ""
    was: str = ""
    error: str = ""


def pool_choices(listing: QuestionListing) -> list[QuestionChoice]:
    """Return the reasons outside the pool whose countries may be counted in."""
    let_in = listing.asking.form.let_in
    return [
        QuestionChoice(reason.key, reason.label, reason.key in let_in, _countries(reason.count))
        for reason in listing.answered.askable.reasons
    ]


def _countries(count: int) -> str:
    return labels.countries(count) if count else "no country"


def rule_choices(listing: QuestionListing) -> list[QuestionChoice]:
    """Return the choices of evidence rules; a ticked rule is turned off."""
    evidence, asking = listing.asking.form.evidence, listing.asking
    return [
        QuestionChoice(
            rule.key,
            rule.label,
            rule.key in evidence and evidence[rule.key] is None,
            years=asking.typed.get(f"{RULE}{rule.key}", str(evidence.get(rule.key) or rule.within))
            if rule.within
            else "",
            was=str(rule.within or ""),
            error=_hint(asking.faults.get(f"{RULE}{rule.key}")),
        )
        for rule in listing.answered.askable.rules
    ]


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A choice of the method as a field; `options` are value, label, and whether it is selected."""

    key: str
    label: str
    options: tuple[tuple[str, str, bool], ...]

    @property
    def is_changed(self) -> bool:
        return not self.options[0][2]


def choice_fields(listing: QuestionListing) -> list[ChoiceField]:
    chosen_options = listing.asking.form.options
    fields = []
    for choice in listing.answered.askable.choices:
        chosen = chosen_options.get(choice.key, choice.options[0].key)
        options = tuple((one.key, labels.raised(one.label), one.key == chosen) for one in choice.options)
        fields.append(ChoiceField(choice.key, choice.label, options))
    return fields


def overdue_choices(listing: QuestionListing) -> list[QuestionChoice]:
    """Return the criteria with an overdue edition, whose labels a question may hold as they are loaded."""
    findings = all_in_findings(listing.run)
    late: dict[str, list[str]] = {}
    for one in findings.overdue if findings else ():
        late.setdefault(one.criterion, []).append(one.edition)
    return [
        QuestionChoice(
            item.key,
            f"The overdue {formats.listing(late[item.key])} edition changes no {labels.lowered(item.label)}"
            if item.key in late
            else f"An overdue edition changes no {labels.lowered(item.label)}",
            item.key in listing.asking.form.held,
        )
        for item in listing.answered.askable.overdue
    ]


def form_context(listing: QuestionListing) -> dict[str, Any]:
    fixed = [describe_rule(reason.value, rule.default) for reason, rule in REASONS.items() if rule.fixed]
    return {
        "groups": fields_of(listing),
        "opens_pool": bool(listing.asking.form.let_in),
        "opens_evidence": bool(listing.asking.form.evidence) or any(n.startswith(RULE) for n in listing.asking.faults),
        "pool_choices": pool_choices(listing),
        "pool_fixed": " ".join(fixed),
        "rule_choices": rule_choices(listing),
        "choice_fields": choice_fields(listing),
        "overdue_choices": overdue_choices(listing),
        "opens_choices": bool(listing.asking.form.options or listing.asking.form.held),
        "years": (LEAST_YEARS, MOST_YEARS),
        "reset": listing.reset,
        "hidden": [*listing.parameters.items(), ("before", listing.asking.form.weights_query or UNCHANGED)],
        "holds_100": listing.holds_100,
        "compared": _comparisons(listing),
    }


def _comparisons(listing: QuestionListing) -> list[tuple[str, str, bool]]:
    """Return the lists to compare with: value, label, and whether it is selected."""
    answered, user = listing.answered, listing.user
    choices = [(str(run.pk), run_label(run)) for run in comparable_runs(answered.run)]
    choices += [(str(row.key), f"Scenario: {row.name}") for row in scenarios_of(user)]
    if answered.base.key not in {key for key, _ in choices}:
        choices.append((answered.base.key, answered.base.label))
    return [(key, label, key == answered.base.key) for key, label in choices]
