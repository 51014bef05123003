"""Best estimates of every cell, from published values as plain data, by the rules of the method.

Bridges between series, the pull toward the pool's mean, the combination of two surveys, trends, age, and labels that
may have moved since their edition. `way` is how a design takes a criterion; the official one is `{}`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

LEAST_PAIRS = 20
"""Pairs of values below which no bridge, and no agreement of editions, is fitted."""

Plain = dict[str, Any]


class NotCovered(Exception):
    """Error: the model uses something that this script does not recompute."""


@dataclass
class CellEstimate:
    """Estimate of one criterion and country.

    `best` and `error` are on the scale, `u` is the value from 0 to 1. `moves` are the values that a label may have by
    now, with their shares; `peers` the countries whose values fill a gap. `applies` is False if the criterion
    does not apply to the country.
    """

    best: float | None = None
    error: float = 0.0
    u: float | None = None
    age: float | None = None
    source: str = ""
    moves: tuple[tuple[float, float], ...] = ()
    peers: tuple[str, ...] = ()
    applies: bool = True


@dataclass
class ErrorScale:
    """Scale on which an error is the same everywhere: to it, back from it (arrays too), and which values it takes."""

    to: Callable[[float], float]
    back: Callable[[Any], Any]
    accepts: Callable[[float], bool]


def _share_back(t: Any) -> Any:
    odds = np.exp(t)
    return np.clip((100.5 * odds - 0.5) / (1.0 + odds), 0.0, 100.0)


SCALES = {
    "log": ErrorScale(math.log, np.exp, lambda v: v > 0.0),
    "logit": ErrorScale(lambda v: math.log((v + 0.5) / (100.5 - v)), _share_back, lambda v: 0.0 <= v <= 100.0),
    "points": ErrorScale(lambda v: v, lambda t: t, math.isfinite),
}


def value_function(function: Plain) -> Callable[[Any], Any]:
    """Return the function from values (numbers or arrays) to u. Raise `NotCovered` for one that depends on others."""
    kind = function["kind"]
    if kind in ("goalposts", "rubric"):
        low, high = function["lower"], function["upper"]
        if function.get("log"):
            low, high = math.log(low), math.log(high)
        sign = function["direction"]

        def between(x: Any) -> Any:
            if function.get("log"):
                x = np.log(np.where(np.asarray(x) <= 0, function["lower"], x))
            return np.clip((x - low) / (high - low) if sign > 0 else (high - x) / (high - low), 0.0, 1.0)

        return between
    if kind == "piecewise_linear":
        xs, us = zip(*function["knots"], strict=True)
        return lambda x: np.interp(x, xs, us)
    if kind == "target_band":
        up = value_function(
            {"kind": "rubric", "lower": function["outer_lower"], "upper": function["lower"], "direction": 1}
        )
        down = value_function(
            {"kind": "rubric", "lower": function["upper"], "upper": function["outer_upper"], "direction": -1}
        )
        return lambda x: np.minimum(up(x), down(x))
    if kind == "threshold" and function["theta"] is not None and not function["soft"]:
        return lambda x: np.where(function["direction"] * (np.asarray(x) - function["theta"]) > 0, 1.0, 0.0)
    raise NotCovered(f"the value function {kind}")


@dataclass
class SurveyBridge:
    """Line from a sister series to the criterion's own, by ordinary least squares; `residual` leaves each one out."""

    intercept: float
    slope: float
    residual: float


def fit_bridge(pairs: list[tuple[float, float]]) -> SurveyBridge | None:
    """Fit a bridge on pairs (sister, own) on the scale."""
    n = len(pairs)
    if n < LEAST_PAIRS:
        return None
    x_mean, y_mean = (math.fsum(p[i] for p in pairs) / n for i in (0, 1))
    xx = math.fsum((x - x_mean) ** 2 for x, _ in pairs)
    if xx == 0.0 or all(y == pairs[0][1] for _, y in pairs):
        return None
    slope = math.fsum((x - x_mean) * (y - y_mean) for x, y in pairs) / xx
    intercept = y_mean - slope * x_mean
    out = [(y - intercept - slope * x) / (1 - 1 / n - (x - x_mean) ** 2 / xx) for x, y in pairs]
    return SurveyBridge(intercept, slope, math.sqrt(math.fsum(e * e for e in out) / n))


class Estimator:
    """Estimates of one criterion over all countries of the snapshot, before gaps are filled."""

    def __init__(self, criterion: Plain, snapshot: Plain) -> None:
        self.criterion, self.snapshot = criterion, snapshot
        self.how: Plain = criterion["estimate"]
        self.scale = SCALES[self.how["scale"]]
        self.column: Plain = snapshot["columns"][criterion["key"]]
        self.function: Plain = criterion["value_function"]
        self.series = self._series()
        self.names = list(self.series)

    def _series(self) -> dict[str, Plain]:
        if not self.how["series"]:
            column = self.column
            ages = {c: column.get("ages", {}).get(c, 0.0) for c in column.get("values", {})}
            return {"own": {**column, "values": column.get("values", {}), "ages": ages}}
        given = self.snapshot.get("series", {}).get(self.criterion["key"], {})
        return {s["key"]: {"values": {}, "ages": {}, **given[s["key"]]} for s in self.how["series"]}

    def on_scale(self, value: float) -> float:
        if self.how.get("clip"):
            value = min(max(value, self.how["clip"][0]), self.how["clip"][1])
        return self.scale.to(value)

    def transform(self, log: bool = False) -> Callable[[Any], Any]:
        """Return the function from the scale to u; `log` takes ln v / ln of the upper goalpost, 0 below 1."""
        if not log:
            of_value = value_function(self.function)
            return lambda t: of_value(self.scale.back(t))
        whole, down = math.log(self.function["upper"]), self.function["direction"] < 0

        def logarithmic(t: Any) -> Any:
            u = np.clip(np.log(np.maximum(self.scale.back(t), 1.0)) / whole, 0.0, 1.0)
            return 1.0 - u if down else u

        return logarithmic

    def cells(self, way: Plain) -> dict[str, CellEstimate]:
        """Return the cell of every country as a design takes them; a gap has no u."""
        countries = self.snapshot["countries"]
        if self.function["kind"] == "ordinal":
            found = {code: self._label(code, dict(way.get("relabel", ()))) for code in countries}
        else:
            found = self._numbers(way)
            function = self.transform(bool(way.get("log")))
            for cell in found.values():
                if cell.best is not None:
                    cell.u = float(function(cell.best))
        for code, cell in found.items():
            reason = self.column.get("missing", {}).get(code)
            cell.applies = not (cell.u is None and reason == "not_applicable" and not self.how["series"])
        return found

    def _numbers(self, way: Plain) -> dict[str, CellEstimate]:
        series, combine = way.get("series", ""), self.how["combine"]
        by_name = series and series not in ("pooled", "own_first", "newest")
        if combine == "pooled":
            found = self._pooled(series if by_name else "")
        elif by_name:
            raise NotCovered(f"a design that takes {series} of {self.criterion['key']}")
        else:
            found = self._first(series if combine == "surveys" else "")
        if way.get("own_only"):
            own = self.series[self.names[0]]["values"]
            for code, cell in found.items():
                if cell.source != "own":
                    cell.best = self.scale.to(own[code]) if code in own and self.scale.accepts(own[code]) else None
        return found

    # ---- labels ----------------------------------------------------------------------------------------------------

    def _label(self, code: str, others: dict[str, str]) -> CellEstimate:
        table = dict(self.function["table"])
        label = self.column.get("labels", {}).get(code)
        if label is None:
            return CellEstimate()
        cell = CellEstimate(
            u=table[others.get(label, label)], age=self.column.get("ages", {}).get(code, 0.0), source="own"
        )
        moves = self.how.get("transitions")
        if moves and label in moves["labels"]:
            due = bool(moves.get("due"))
            behind = self.snapshot.get("overdue", {}).get(self.criterion["key"], 0)
            behind = behind if due else int(cell.age or 0) - moves["offset"]
            if behind > 0:
                steps = [np.array(step, dtype=float) for step in moves["steps"]]
                whole = np.linalg.matrix_power(steps[0], behind) if due else steps[min(behind, len(steps)) - 1]
                row = whole[moves["labels"].index(label)]
                levels = [table[others.get(name, name)] for name in moves["labels"]]
                cell.moves = tuple(zip(levels, (row / row.sum()).tolist(), strict=True))
        return cell

    # ---- editions of one estimate, pulled toward the pool's mean -----------------------------------------------------

    def _pooled(self, only: str) -> dict[str, CellEstimate]:
        """Pull the editions toward the pool's mean, or take them (`mean`) or one of them as published."""
        pool, noise, agreement = set(self.snapshot["pools"]["pool"]), self.how["measurement"], self.how["agreement"]
        placed = {
            name: {c: self.on_scale(v) for c, v in s["values"].items() if c in pool and self.scale.accepts(v)}
            for name, s in self.series.items()
        }
        newest = next((placed[name] for name in reversed(self.names) if placed[name]), {})
        shifts = {
            name: statistics.median(apart) if (apart := [newest[c] - v for c, v in own.items() if c in newest]) else 0.0
            for name, own in placed.items()
        }
        level = {name: {c: v + shifts[name] for c, v in own.items()} for name, own in placed.items()}
        pairs = [(level[a][c], level[b][c]) for a, b in combinations(self.names, 2) for c in level[a] if c in level[b]]
        if len(pairs) >= LEAST_PAIRS:
            noise = statistics.stdev(a - b for a, b in pairs) / math.sqrt(2.0)
            agreement = statistics.covariance([a for a, _ in pairs], [b for _, b in pairs])
        own_means = [
            statistics.fmean(own[c] for own in level.values() if c in own)
            for c in sorted({c for own in level.values() for c in own})
        ]
        mean = math.fsum(own_means) / len(own_means) if own_means else 0.0
        found = {}
        for code in self.snapshot["countries"]:
            held = {
                name: s["values"][code]
                for name, s in self.series.items()
                if code in s["values"] and self.scale.accepts(s["values"][code])
            }
            cell = found[code] = CellEstimate()
            if held:
                cell.age, cell.source = min(self.series[name]["ages"][code] for name in held), "pooled"
            taken = {name: v for name, v in held.items() if only in ("", "mean", name)}
            if taken and only:
                cell.best = statistics.fmean(self.scale.to(v) for v in taken.values())
                cell.error = noise / math.sqrt(len(taken))
            elif taken:
                shrinkage = agreement / (agreement + noise**2 / len(taken)) if agreement > 0 else 1.0
                own_mean = statistics.fmean(self.on_scale(v) + shifts[name] for name, v in taken.items())
                cell.best = mean + shrinkage * (own_mean - mean)
                cell.error = math.sqrt(shrinkage) * noise / math.sqrt(len(taken))
        return found

    # ---- the first young series, bridges, and two surveys ------------------------------------------------------------

    def _bridges(self) -> dict[str, SurveyBridge]:
        own, found = self.series[self.names[0]], {}
        for number, name in enumerate(self.names[1:]):
            sister = self.series[name]
            codes = [c for c in sorted(own["values"]) if c in sister["values"]]
            if number == 0 and self.how["combine"] == "surveys":
                # The same survey: one year, and the part within the whole.
                codes = [
                    c for c in codes if own["ages"][c] == sister["ages"][c] and sister["values"][c] <= own["values"][c]
                ]
            values = [(sister["values"][c], own["values"][c]) for c in codes]
            values = [pair for pair in values if all(map(self.scale.accepts, pair))]
            bridge = fit_bridge([(self.scale.to(x), self.scale.to(y)) for x, y in values])
            if bridge is not None:
                found[name] = bridge
        return found

    def _second_surveys(self) -> list[str]:
        """Return the countries whose second series is a newer survey, or a part larger than its whole."""
        own, part = (self.series[name] for name in self.names[:2])
        fresh, found = self.how["fresh"], []
        for code in sorted(own["values"]):
            if code not in part["values"] or not all(self.scale.accepts(s["values"][code]) for s in (own, part)):
                continue
            ages = own["ages"][code], part["ages"][code]
            larger = part["values"][code] > own["values"][code]
            if (fresh is None or max(ages) <= fresh) and (ages[1] < ages[0] or (ages[1] == ages[0] and larger)):
                found.append(code)
        return found

    def _first(self, survey_rule: str) -> dict[str, CellEstimate]:
        how, bridges = self.how, self._bridges()
        part = self.names[1] if how["combine"] == "surveys" else None
        second = self._second_surveys() if part in bridges and survey_rule != "own_first" else []
        offset = self._offset(second, bridges) if second else 0.0
        found = {}
        for code in self.snapshot["countries"]:
            if part and code in second:
                alone = survey_rule == "newest"
                found[code] = self._by_part(code, bridges[part]) if alone else self._both(code, bridges[part], offset)
                continue
            offered = [
                name
                for name, s in self.series.items()
                if code in s["values"]
                and self.scale.accepts(s["values"][code])
                and (name == self.names[0] or name in bridges)
            ]
            fresh = how["fresh"]
            young = [name for name in offered if fresh is None or self.series[name]["ages"][code] <= fresh]
            if not offered:
                found[code] = CellEstimate()
            elif (name := (young or offered)[0]) == part:
                found[code] = self._by_part(code, bridges[name])
            else:
                found[code] = self._alone(code, name, bridges.get(name))
        return found

    def _offset(self, codes: list[str], bridges: dict[str, SurveyBridge]) -> float:
        own, part = (self.series[name]["values"] for name in self.names[:2])
        bridge = bridges[self.names[1]]
        apart = [self.on_scale(own[c]) - bridge.intercept - bridge.slope * self.on_scale(part[c]) for c in codes]
        return math.fsum(apart) / len(apart)

    def _alone(self, code: str, name: str, bridge: SurveyBridge | None) -> CellEstimate:
        how, series = self.how, self.series[name]
        stated = series["ages"][code]
        age, t = max(stated, 0.0), self.on_scale(series["values"][code])
        variance = how["drift"] ** 2 * age
        if bridge is not None:
            t, variance = bridge.intercept + bridge.slope * t, variance + bridge.residual**2
        else:
            published = series.get("standard_errors", {}).get(code) if how["published_error"] else None
            variance += (how["measurement"] if published is None else published) ** 2
        if how["trend"] and age:
            years = how.get("trend_years")
            t += how["trend"] * (age if years is None else min(age, years))
            if how["scale"] == "logit":
                t = min(max(t, self.scale.to(0.0)), self.scale.to(100.0))
        return CellEstimate(t, math.sqrt(variance), age=stated, source=name)

    def _by_part(self, code: str, bridge: SurveyBridge) -> CellEstimate:
        how, name = self.how, self.names[1]
        stated = self.series[name]["ages"][code]
        best = bridge.intercept + bridge.slope * self.on_scale(self.series[name]["values"][code])
        variance = how["measurement"] ** 2 + how["drift"] ** 2 * max(stated, 0.0) + bridge.residual**2
        return CellEstimate(best, math.sqrt(variance), age=stated, source=name)

    def _both(self, code: str, bridge: SurveyBridge, offset: float) -> CellEstimate:
        own, part = (self.series[name] for name in self.names[:2])
        n2, d2, r2 = self.how["measurement"] ** 2, self.how["drift"] ** 2, bridge.residual**2
        between, stated = own["ages"][code] - part["ages"][code], part["ages"][code]
        older = n2 + d2 * between
        w = older / (older + n2 + r2)
        newer = bridge.intercept + bridge.slope * self.on_scale(part["values"][code]) + offset
        variance = ((1 - w) ** 2 + w**2) * n2 + (1 - w) ** 2 * d2 * between + d2 * max(stated, 0.0) + w**2 * r2
        best = w * newer + (1 - w) * self.on_scale(own["values"][code])
        return CellEstimate(best, math.sqrt(variance), age=stated, source="combined" if w < 1.0 else self.names[1])
