"""Form of the What if page: its weights with their shares, the pool, the rules of evidence, and the choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.pool_rules.policy import REASONS, describe_rule
from selection.runs import labels
from selection.runs.queries.all_in import all_in_findings
from selection.what_if.askable import LEAST_YEARS, MOST_YEARS, Askable, AskableGroup, AskableWeight
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.sentences import say
from selection.what_if.queries.answers import comparable_runs, run_label
from selection.what_if.queries.scenarios import scenarios_of
from selection.what_if.question import RULE, WEIGHT, Question, shown, written

ROUNDED = 0.35
"""Tolerance of a group's sum of tenths around 100."""

UNCHANGED = "run"
"""Value in a submitted form for weights as in the run: an empty field would not be submitted."""

Shares = Mapping[str, float]
"""Share of the whole, 0 to 1, of each weight by key."""


def fields_of(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the groups of weights: those below the root's own branches are folded into the group above."""
    askable = listing.answered.askable
    shares = _shares(listing.asking.form, askable), _shares(Question(), askable)
    top = [group for group in askable.groups if not group.parent or group.parent == askable.root.key]
    return [_group(listing, group, shares, fold=bool(group.parent)) for group in top]


def _group(
    listing: QuestionListing, group: AskableGroup, shares: tuple[Shares, Shares], *, fold: bool
) -> dict[str, Any]:
    """Return a group of the form, with the groups below it that are folded away, open if something in it is changed.

    `note` is on a sum that is not 100; the page prints that of the root above the list.
    """
    question, askable = listing.asking.form, listing.answered.askable
    numbers = question.numbers(group, askable)
    fields = [
        _field(listing, weight, number, (shares[0][weight.key], shares[1][weight.key]))
        for weight, number in zip(group.weights, numbers, strict=True)
    ]
    below = [below for below in askable.groups if fold and below.parent == group.key]
    return {
        "key": group.key,
        "label": group.label,
        "note": sum_text(numbers) if group.parent or sum(numbers) else "",
        "fields": fields,
        "below": [_group(listing, one, shares, fold=True) for one in below],
        "is_open": any(field["is_changed"] for field in fields),
    }


def _field(
    listing: QuestionListing, weight: AskableWeight, number: float, shares: tuple[float, float]
) -> dict[str, Any]:
    """Return one weight of the form: its number now and in the model, and its share of the whole now and in the run.

    `error` is the message on a number that is out of range.
    """
    name, was = f"{WEIGHT}{weight.key}", shown(weight.percent)
    value = written(number) if weight.key in listing.asking.form.weights else was
    now, before = (share_text(share) for share in shares)
    return {
        "key": weight.key,
        "label": weight.label,
        "value": listing.asking.typed.get(name, value),
        "was": was,
        "share": say("share", {"share": now}),
        "was_share": before,
        "error": _hint(listing, name),
        "is_changed": listing.asking.typed.get(name, value) != was,
        "is_moved": now != before,
    }


def _hint(listing: QuestionListing, name: str) -> str:
    return listing.asking.faults[name].hint if name in listing.asking.faults else ""


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


def pool_choices(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the reasons outside the pool whose countries may be counted in."""
    return [
        {
            "key": reason.key,
            "label": reason.label,
            "is_on": reason.key in listing.asking.form.let_in,
            "note": labels.countries(reason.count) if reason.count else "no country",
        }
        for reason in listing.answered.askable.reasons
    ]


def rule_choices(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the choices of evidence rules, those with a limit with its years; a ticked rule is turned off."""
    evidence, typed = listing.asking.form.evidence, listing.asking.typed
    return [
        {
            "key": rule.key,
            "label": rule.label,
            "is_on": rule.key in evidence and evidence[rule.key] is None,
            "years": typed.get(name, evidence.get(rule.key) or rule.within) if rule.within else "",
            "was": rule.within or "",
            "error": _hint(listing, name),
        }
        for rule in listing.answered.askable.rules
        for name in (f"{RULE}{rule.key}",)
    ]


def choice_fields(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the choices of the method; `options` are value, label, and whether it is selected."""
    taken = listing.asking.form.options
    fields = []
    for choice in listing.answered.askable.choices:
        own = choice.options[0].key
        chosen = taken.get(choice.key, own)
        options = [(one.key, labels.raised(one.label), one.key == chosen) for one in choice.options]
        fields.append({"key": choice.key, "label": choice.label, "options": options, "is_changed": chosen != own})
    return fields


def overdue_choices(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the criteria with an overdue edition, whose labels a question may hold as they are loaded."""
    all_in = all_in_findings(listing.run)
    late: dict[str, list[str]] = {}
    for one in all_in.overdue if all_in else ():
        late.setdefault(one.criterion, []).append(one.edition)
    return [
        {
            "key": item.key,
            "label": labels.lowered(item.label),
            "editions": formats.listing(late.get(item.key, [])),
            "is_on": item.key in listing.asking.form.held,
        }
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
        "hidden": [
            *listing.parameters.items(),
            ("before", listing.asking.form.weights_query or UNCHANGED),
            *hidden_changes(listing),
        ],
        "holds_100": listing.holds_100,
        "compared": _comparisons(listing),
    }


def hidden_changes(listing: QuestionListing) -> list[tuple[str, str]]:
    """Return the changes of countries that the form has no fields for: those of all but the followed one."""
    changes = {code: change for code, change in listing.asking.form.changes.items() if code != listing.follow}
    return Question(changes=changes).pairs()


def _comparisons(listing: QuestionListing) -> list[tuple[str, str, bool]]:
    """Return the lists to compare with: value, label, and whether it is selected."""
    answered, user = listing.answered, listing.user
    choices = [(str(run.pk), run_label(run)) for run in comparable_runs(answered.run)]
    choices += [(str(row.key), f"Scenario: {row.name}") for row in scenarios_of(user)]
    if answered.base.key not in {key for key, _ in choices}:
        choices.append((answered.base.key, answered.base.label))
    return [(key, label, key == answered.base.key) for key, label in choices]
