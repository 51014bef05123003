"""Computation of a backtest: each partner's place on the data published by the end of the year before its signature.

A backtest is based on one stored run: its model, the publication number of its data, and its fits. Data imported later
does not change it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from indicators.models import Country
from indicators.queries import Known as Observed
from indicators.queries import known_values_on
from selection.backtest import (
    FEASIBILITY,
    NEED,
    Case,
    Findings,
    Known,
    Signature,
    Spot,
    Today,
    area_against,
    cutoff_of,
    signatures,
)
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import Backtest, ScoreRun
from selection.pool_rules.policy import (
    NOT_A_STATE,
    PartnershipTerm,
    Reason,
    partnership_terms,
)
from selection.pool_rules.pools import (
    STATED,
    Pool,
    PoolFacts,
    PoolInputs,
    resolve_pool,
)
from selection.runs.queries.basis import Basis
from selection.scoring import VERSIONS, Model, Node
from selection.scoring.then import CandidateRank, Placed, place_candidates, totals_by_share
from selection.scoring.tree import compile_tree
from selection.scoring_inputs.cells import by_indicator
from selection.scoring_inputs.screening import INCOME_GROUP, facts_of, indicators_of, select_from

SHARES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares of need for which partners and others are compared on the data of the run."""


@dataclass(frozen=True)
class BacktestRequest:
    """Question of a backtest: partnerships, the terms that define when each is in force, and years moved back."""

    signatures: tuple[Signature, ...]
    terms: tuple[PartnershipTerm, ...]
    shift: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "signatures": [signature.to_dict() for signature in self.signatures],
            "terms": [term.to_dict() for term in self.terms],
            "shift": self.shift,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BacktestRequest:
        """Read what was asked. Raise `KeyError` or `TypeError` for data of another shape."""
        return cls(
            tuple(Signature.from_dict(row) for row in data["signatures"]),
            tuple(PartnershipTerm.from_dict(row) for row in data["terms"]),
            data["shift"],
        )


def asked_now(run: ScoreRun, shift: int = 0) -> BacktestRequest:
    """Return a run's question as of today: the partnerships signed by its reference date, as now on record."""
    on = run.reference_date
    terms = (term for term in partnership_terms() if term.start <= on)
    return BacktestRequest(
        tuple(signature for signature in signatures() if signature.day <= on),
        tuple(sorted(terms, key=lambda term: (term.country, term.start, term.title))),
        shift,
    )


def backtests(run: ScoreRun | None = None, shift: int = 0) -> QuerySet[Backtest]:
    """Return the backtests of a run, or of all runs of the desk screen by the newest data first."""
    rows = Backtest.objects.filter(shift=shift).select_related("run", "computed_by").defer("run__result")
    rows = rows.filter(run__stage=Stage.SCREEN) if run is None else rows.filter(run=run)
    return rows.order_by("-run__as_of", "-run", "-pk")


def is_current(backtest: Backtest) -> bool:
    """Return whether a backtest is about the partnerships that are on record now."""
    return bool(backtest.inputs == asked_now(backtest.run, backtest.shift).to_dict())


def can_be_asked(run: ScoreRun) -> bool:
    return run.engine_version in VERSIONS


def names_of(findings: Findings) -> dict[str, str]:
    codes = {case.country for case in findings.cases}
    return dict(Country.objects.filter(code__in=codes).values_list("code", "name"))


def findings_of(run: ScoreRun, basis: Basis, asked: BacktestRequest, *, draws: int, seed: int) -> Findings:
    """Compute a backtest. The same run, question, draws and seed give the same findings."""
    return _Backtest(run, basis, asked, draws, seed).findings


@dataclass(frozen=True)
class _List:
    """Countries that were ranked on one day: the pool and the facts of that day, and every value by indicator."""

    on: dt.date
    known: Mapping[str, Sequence[Observed]]
    facts: PoolFacts
    pool: Pool

    def admitting(self, code: str) -> Collection[str]:
        """Return the members of the pool without the rules that exclude this country, so that it can be placed."""
        inputs, pool = self.inputs, self.pool
        while not pool.entries[code].is_in:
            reason = pool.entries[code].reason_code
            inputs = replace(inputs, policies=tuple(row for row in inputs.policies if row.reason != reason))
            pool = resolve_pool(inputs, self.facts)
        return pool.members

    @property
    def inputs(self) -> PoolInputs:
        return self.pool.inputs

    def can_place(self, code: str) -> bool:
        """Return whether a country can have a place: it is listed, and it is a state."""
        entry = self.pool.entries.get(code)
        return entry is not None and entry.reason_code != NOT_A_STATE


@dataclass(frozen=True)
class _Backtest:
    run: ScoreRun
    basis: Basis
    asked: BacktestRequest
    draws: int
    seed: int

    @property
    def table(self) -> ModelTable:
        return self.basis.table

    @property
    def model(self) -> Model:
        return self.basis.model

    @cached_property
    def findings(self) -> Findings:
        method = self.model.method
        cases = [self._case(signature) for signature in self.asked.signatures]
        return Findings(method.first, self.draws, tuple(cases), self._today())

    # ---- lists of the time -----------------------------------------------------------------------------------------

    @cached_property
    def _lists(self) -> Mapping[dt.date, _List]:
        shifts = (self.asked.shift, self.asked.shift + 1)
        days = {cutoff_of(one.day, shift) for one in self.asked.signatures for shift in shifts}
        wanted = indicators_of(self.table, Stage.SCREEN)
        by_day = known_values_on(wanted, days={*days, self.run.reference_date}, as_of=self.run.as_of)
        return {on: self._list(on, by_indicator(values)) for on, values in by_day.items()}

    def _list(self, on: dt.date, known: Mapping[str, Sequence[Observed]]) -> _List:
        tiers = known.get(self.table.listing["indicator"], ())
        income = known.get(self.table.groupings.get(INCOME_GROUP, ""), ())
        # The run's own day has the pool of the run.
        stated = self._then.stated if on == self.run.reference_date else STATED
        facts = facts_of(tiers, income, self._countries, self.table, stated=stated)
        # The default pool: the run's rules regardless of when they were decided, and no admissions.
        policies = [replace(row, since=min(row.since, on), replaced_on=None) for row in self._then.policies]
        return _List(on, known, facts, resolve_pool(PoolInputs.of_day(on, policies, (), self.asked.terms), facts))

    @cached_property
    def _then(self) -> PoolInputs:
        return PoolInputs.from_dict(self.run.inputs["pool"])

    @cached_property
    def _countries(self) -> list[Country]:
        return list(Country.objects.all())

    @cached_property
    def _placed_by_list(self) -> dict[tuple[dt.date, frozenset[str], int], dict[str, Placed]]:
        return {}

    def _placed(self, code: str, listed: _List, draws: int) -> Placed:
        """Compute the rank of a country; partners of one list are ranked together."""
        candidates = frozenset(listed.admitting(code))
        key = (listed.on, candidates, draws)
        if key not in self._placed_by_list:
            selection = select_from(
                self.table,
                Stage.SCREEN,
                known=listed.known,
                pool=listed.pool,
                as_of=self.run.as_of,
                on=listed.on,
                candidates=candidates,
                listed_regions=self.run.inputs.get("regions"),
            )
            self._placed_by_list[key] = place_candidates(
                selection.snapshot,
                self.model,
                self.basis.cells,
                exact=self._of_the_listing,
                draws=draws,
                seed=self.seed,
                of={one.country for one in self.asked.signatures} & candidates,
            )
        return self._placed_by_list[key][code]

    @cached_property
    def _of_the_listing(self) -> frozenset[str]:
        """Return the criteria that read the listing's own indicator and whose newest edition counts as exact.

        Its newest edition stated in full does, unless the model knows the day on which the next one is due: then a list
        counts the editions that were due by its day and are not stated in full.
        """
        rows = self.table.rows(Stage.SCREEN)
        return frozenset(row.key for row in rows if row.indicator == self.table.listing["indicator"] and not row.due)

    # ---- cases -----------------------------------------------------------------------------------------------------

    def _case(self, signature: Signature) -> Case:
        code, cutoff = signature.country, cutoff_of(signature.day, self.asked.shift)
        listed = self._lists[cutoff]
        case = Case(
            code, signature.title, signature.day, cutoff, listed.facts.edition, listed.facts.tiers.get(code, "")
        )
        if not listed.can_place(code):
            if not listed.facts.edition:
                return replace(case, outside="No TIP Report of the time is loaded.", outside_code="no_edition")
            sentence = f"Not listed as a state in the TIP Report of {listed.facts.edition}."
            return replace(case, outside=sentence, outside_code="not_listed")
        entry, placed = listed.pool.entries[code], self._placed(code, listed, self.draws)
        return replace(
            case,
            outside=entry.sentence,
            outside_code=entry.reason_code,
            total=_spot(placed.total, placed.of),
            axes={key: _spot(spot, placed.of) for key, spot in placed.axes.items()},
            known=tuple(replace(known, how=placed.known[known.key]) for known in self._scored),
            earlier=self._earlier(signature),
        )

    def _earlier(self, signature: Signature) -> dict[str, tuple[int, int]]:
        listed = self._lists[cutoff_of(signature.day, self.asked.shift + 1)]
        if not listed.can_place(signature.country):
            return {}
        placed = self._placed(signature.country, listed, 0)
        return {key: (spot.rank, placed.of) for key, spot in {"": placed.total, **placed.axes}.items()}

    @cached_property
    def _scored(self) -> list[Known]:
        """Return the criteria that count on each axis, with their share of it."""
        criteria = []
        for axis in self.model.root.children:
            if isinstance(axis, Node):
                plan = compile_tree(replace(self.model, root=axis))
                criteria += [
                    Known(criterion.key, criterion.label, axis.key, round(share, 6), "")
                    for criterion, share in zip(plan.criteria, plan.nominal.tolist(), strict=True)
                    if share > 0
                ]
        return criteria

    # ---- the data of the run ---------------------------------------------------------------------------------------

    def _today(self) -> Today | None:
        """Compare partners with the rest of the run's pool, with current partners included."""
        listed, result = self._lists[self.run.reference_date], self.basis.result
        rules = tuple(row for row in listed.inputs.policies if row.reason != Reason.PARTNERSHIP)
        pool = resolve_pool(replace(listed.inputs, policies=rules), listed.facts)
        members = [code for code in pool.members if code in result.snapshot.position]
        partners = {signature.country for signature in self.asked.signatures} & set(members)

        def area(scores: Sequence[float]) -> float | None:
            return area_against({code: scores[result.snapshot.position[code]] for code in members}, partners)

        keys = {branch.key: b for b, branch in enumerate(result.plan.branches)}
        areas = {axis: area(result.node_scores[:, keys[axis]].tolist()) for axis in (NEED, FEASIBILITY) if axis in keys}
        own = next((child.weight for child in self.model.root.children if child.key == NEED), 0.0)
        own /= sum(child.weight for child in self.model.root.children)
        whole, *shares = totals_by_share(result, NEED, (own, *SHARES))
        areas[""] = area(whole.tolist())
        by_share = [(share, area(scores.tolist())) for share, scores in zip(SHARES, shares, strict=True)]
        if not partners or len(partners) == len(members):
            return None
        return Today(
            len(members),
            len(partners),
            {axis: value for axis, value in areas.items() if value is not None},
            tuple((share, value) for share, value in by_share if value is not None),
        )


def _spot(ranked: CandidateRank, of: int) -> Spot:
    assert ranked.low is not None  # a case is drawn
    assert ranked.high is not None
    assert ranked.within is not None
    return Spot(ranked.rank, of, ranked.low, ranked.high, round(ranked.within, 4))
