"""Lookups of scoring models: the published version, the list of versions, and the uses of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Case, Count, QuerySet, When

from cpc.accounts.models import User
from cpc.audit.queries import entries_of
from indicators.models import Country, CountryKind, Indicator
from indicators.queries import known_values
from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.model_definition.rules import Measure
from selection.models import ModelState, ScoreRun, ScoringModel, SelectionRound
from selection.scoring_inputs.cells import never_candidates

RUNS_SHOWN = 8

NOT_STATES = {
    CountryKind.TERRITORY: "It is a territory, not a state. Only a state can be a partner, whatever report lists it.",
    CountryKind.SAMPLE: "It does not exist. Only a country can be a partner.",
    CountryKind.FORMER: "It is a former state. Only a state that exists today can be a partner.",
}
"""Reason that a territory or a former state can never be a partner; the TIP Report may list it."""


@dataclass(frozen=True, slots=True)
class ModelUses:
    """Uses of a version: the newest of its `count` desk screens, and rounds with how often each was scored."""

    screens: Sequence[ScoreRun]
    count: int
    rounds: Sequence[SelectionRound]


@cache
def default_key() -> str:
    return read().key


def published_default() -> ScoringModel | None:
    """Return the published version of the desk screen's model, without its table; None before there is one."""
    return models().filter(key=default_key(), state=ModelState.PUBLISHED).first()


def default_table() -> ModelTable:
    """Return the published version of the desk screen's model; the shipped one if none is published."""
    published = ScoringModel.objects.filter(key=default_key(), state=ModelState.PUBLISHED).first()
    return read() if published is None else published.as_table


def why_no_candidate(country: Country) -> str:
    """Return the reason that the desk screen's model excludes a country from every pool, or "".

    Until an edition of the model's list is published, no country counts as missing from it. The function
    `cpc_may_partner` of the database has the same rule.
    """
    if country.kind in NOT_STATES:
        return NOT_STATES[CountryKind(country.kind)]
    table = default_table()
    values = known_values({table.listing["indicator"]})
    code, reason = never_candidates(table, [country], values).get(country.code, ("", ""))
    return "" if code == "not_listed" and not values else reason


def versions_beside(model: ScoringModel) -> QuerySet[ScoringModel]:
    """Return the versions to compare with: others of the same model first, then those of other models."""
    own = Case(When(key=model.key, then=0), default=1)
    return models().exclude(pk=model.pk).order_by(own, "key", "-number")


def version_before(model: ScoringModel) -> ScoringModel | None:
    """Return the default version to compare with: the published one, else the one it was cloned from.

    A version that is or was published is compared with the one that it superseded.
    """
    others = ScoringModel.objects.filter(key=model.key).exclude(pk=model.pk)
    if model.published_at is None:
        found = others.filter(state=ModelState.PUBLISHED).first()
        return found or model.based_on
    return others.filter(published_at__lt=model.published_at).order_by("-published_at").first()


def models() -> QuerySet[ScoringModel]:
    """Return every version of every model without its table, the newest of each model first."""
    related = ("drafted_by", "published_by", "based_on", "weighting_draft__exercise")
    return ScoringModel.objects.select_related(*related).defer("table")


def version_of(run: ScoreRun) -> ScoringModel | None:
    """Return the version that a run was scored with; None if its table was never stored as a version."""
    return models().filter(table_hash=run.table_hash).first()


def runs_by_table() -> dict[str, int]:
    """Return the number of runs, desk screens and full scores, by the hash of the version's table."""
    return dict(ScoreRun.objects.order_by().values_list("table_hash").annotate(count=Count("pk")))


def uses_of(model: ScoringModel, user: User) -> ModelUses:
    """Return the uses that prevent a version's deletion: desk screens, and rounds the account may see."""
    screens = ScoreRun.objects.filter(table_hash=model.table_hash, stage=Stage.SCREEN.value).defer("result", "table")
    rounds = SelectionRound.objects.visible_to(user).filter(model=model).annotate(scores=Count("runs"))
    return ModelUses(list(screens[:RUNS_SHOWN]), screens.count(), list(rounds.order_by("-fiscal_year", "-pk")))


def rounds_by_model(user: User) -> dict[int, int]:
    """Return the number of rounds that use each version, among those that an account may see."""
    return dict(SelectionRound.objects.visible_to(user).order_by().values_list("model").annotate(count=Count("pk")))


def all_indicators() -> dict[str, Indicator]:
    """Return every indicator with its source, by code."""
    return {one.code: one for one in Indicator.objects.select_related("source").order_by("source__title", "name")}


def measures() -> dict[str, Measure]:
    return {code: Measure(tuple(labels)) for code, labels in Indicator.objects.values_list("code", "labels")}


def as_it_was(model: ScoringModel, revision: str) -> ModelTable | None:
    """Return a draft as it was at a revision; None if that revision never existed or is current."""
    if not revision.isdecimal():
        return None
    entry = entries_of(model).filter(action="changed", before__revision=int(revision)).order_by("pk").first()
    return None if entry is None or entry.before is None else ModelTable.from_dict(entry.before["table"])
