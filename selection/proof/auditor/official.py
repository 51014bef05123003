"""Official result of a run: gaps filled from peers, the weight tree, evidence for a rank, hurdles, scores, ranks."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from typing import Any

from selection.proof.auditor.estimates import CellEstimate, Estimator, NotCovered, Plain, value_function

KNOWN = {
    "model": "key version root hurdles root_tau node_tau coverage_mode dirichlet_c rho draws method",
    "node": "kind key label children weight aggregation p floor tau required span concentration",
    "criterion": "kind key label value_function weight missing indicator max_age note estimate",
    "estimate": "scale series combine fresh measurement drift trend agreement published_error transitions fill source"
    " trend_years clip",
    "method": "first short facts rules peers least_peers region groups choices income_group all_in",
    "option": "key label values own_only log relabel arithmetic unscaled weights percentiles",
}
"""Fields of a model that this script reads, or that change no score, by the object that has them."""


def check_known(model: Plain) -> None:
    """Raise `NotCovered` if the model has a field or a rule that this script does not know."""

    def check(what: str, plain: Plain) -> None:
        if strange := sorted(set(plain) - set(KNOWN[what].split())):
            raise NotCovered(f"the field {strange[0]} of a {what}")

    check("model", model)
    check("method", model["method"])
    for item in walk(model["root"]):
        check(item["kind"], item)
        if item.get("estimate"):
            check("estimate", item["estimate"])
    for choice in model["method"]["choices"]:
        for option in choice["options"]:
            check("option", option)
    if model["coverage_mode"] != "weight":
        raise NotCovered("coverage by count")


def walk(item: Plain) -> Iterator[Plain]:
    yield item
    for child in item.get("children", ()):
        yield from walk(child)


def criteria_of(model: Plain) -> list[Plain]:
    return [item for item in walk(model["root"]) if item["kind"] == "criterion"]


class RegionalPeers:
    """The countries whose values fill a gap: those of the pool, of the first group that is large enough."""

    def __init__(self, model: Plain, snapshot: Plain, unknown: set[str]) -> None:
        self.method, self.groupings = model["method"], snapshot["groupings"]
        self.pool = set(snapshot["pools"]["pool"])
        self.base, self.wider = (sorted(set(snapshot["pools"][name]) - unknown) for name in ("pool", "wider"))

    def of(self, code: str, cells: dict[str, CellEstimate]) -> tuple[str, ...]:
        everyone = [c for c in (self.base if code in self.pool else self.wider) if c != code and cells[c].u is not None]
        for names in self.method["peers"]:
            own = [self.groupings.get(name, {}).get(code) for name in names]
            group = [c for c in everyone if [self.groupings.get(name, {}).get(c) for name in names] == own]
            if None not in own and len(group) >= self.method["least_peers"]:
                return tuple(group)
        return tuple(everyone)

    def fill(self, cells: dict[str, CellEstimate], codes: list[str]) -> None:
        """Fill the gaps of these countries with the mean of their peers, all from the values before."""
        found = {code: self.of(code, cells) for code in codes if cells[code].u is None and cells[code].applies}
        means = {
            code: math.fsum(cells[c].u or 0.0 for c in peers) / len(peers) for code, peers in found.items() if peers
        }
        for code, mean in means.items():
            cells[code].u, cells[code].peers, cells[code].source = mean, found[code], "peers"


class Official:
    """Official result, computed from a model and a snapshot as plain data.

    `cells` are by criterion and country, `scores` from 0 to 1, `nodes` by country and node the score and coverage.
    """

    def __init__(self, model: Plain, snapshot: Plain) -> None:
        check_known(model)
        self.model, self.snapshot, self.method = model, snapshot, model["method"]
        self.countries: list[str] = snapshot["countries"]
        self.criteria = criteria_of(model)
        self.estimators = {c["key"]: Estimator(c, snapshot) for c in self.criteria if c.get("estimate")}
        self.cells = {c["key"]: self._cells(c) for c in self.criteria}
        self.inactive = {key for key, cells in self.cells.items() if self._is_inactive(key, cells)}
        self.evidence = {code: self._evidence(code) for code in self.countries}
        unknown = {code for code, (status, _) in self.evidence.items() if status == "not_rankable"}
        self.peers = RegionalPeers(model, snapshot, unknown)
        for key, estimator in self.estimators.items():
            self._fill(estimator, self.cells[key])
        self.nodes: dict[str, dict[str, tuple[float | None, float | None]]] = {code: {} for code in self.countries}
        self.statuses: dict[str, str] = {}
        self.scores: dict[str, float | None] = {}
        for code in self.countries:
            self._score(code)
        self.ranks = self._ranks()

    def _fill(self, estimator: Estimator, cells: dict[str, CellEstimate]) -> None:
        if estimator.how["fill"] == "range":
            for cell in cells.values():
                if cell.u is None and cell.applies:
                    cell.u, cell.source = 0.5, "range"
        else:
            self.peers.fill(cells, self.countries)

    # ---- cells -----------------------------------------------------------------------------------------------------

    def _cells(self, criterion: Plain) -> dict[str, CellEstimate]:
        if criterion.get("estimate"):
            return self.estimators[criterion["key"]].cells({})
        column, policy = self.snapshot["columns"][criterion["key"]], criterion["missing"]["policy"]
        known = column.get("labels" if column["categorical"] else "values", {})
        found = {code: CellEstimate() for code in self.countries}
        limit, ages = criterion["max_age"], column.get("ages", {})
        for code, value in known.items():
            if limit is None or ages.get(code, 0.0) <= limit:
                found[code] = CellEstimate(age=ages.get(code, 0.0), source="own", u=self._published(criterion, value))
        if not criterion["weight"]:
            return found
        if policy not in ("reweight", "floor", "fixed", "not_applicable", "required"):
            raise NotCovered(f"the policy {policy}")
        fill = {"floor": 0.0, "fixed": criterion["missing"]["value"]}.get(policy)
        for code, cell in found.items():
            if cell.u is None:
                absent = column.get("missing", {}).get(code) == "not_applicable" and policy != "required"
                cell.applies = not (absent or policy == "not_applicable")
                cell.u = fill if cell.applies else None
        return found

    def _published(self, criterion: Plain, value: Any) -> float:
        """Return u of a value that counts as published; 0 for a criterion without weight, which counts for nothing."""
        if not criterion["weight"]:
            return 0.0
        function = criterion["value_function"]
        if function["kind"] == "ordinal":
            return float(dict(function["table"])[value])
        return float(value_function(function)(value))

    def _is_inactive(self, key: str, cells: dict[str, CellEstimate]) -> bool:
        """Return whether no country has a value of a criterion that counts as published: its weight is carried."""
        policy = next(c["missing"]["policy"] for c in self.criteria if c["key"] == key)
        is_empty = not any(cell.source for cell in cells.values())
        return key not in self.estimators and is_empty and policy in ("reweight", "not_applicable")

    # ---- evidence for a rank ---------------------------------------------------------------------------------------

    def _evidence(self, code: str) -> tuple[str, list[str]]:
        """Return the status that the evidence allows, and the keys of the rules that fail."""
        if code not in self.snapshot["pools"]["candidates"]:
            return "outside_pool", []
        ages = {key: cells[code].age for key, cells in self.cells.items()}
        failed = []
        for rule in self.method["rules"]:
            limit = math.inf if rule["within"] is None else rule["within"]
            held = [age for key in rule["criteria"] if (age := ages[key]) is not None and age <= limit]
            if len(held) < rule["least"]:
                failed.append(rule["key"])
        if self.method["facts"] and all(ages[key] is None for key in self.method["facts"]):
            return "not_rankable", failed
        return ("provisional" if failed else "ranked"), failed

    # ---- the weight tree -------------------------------------------------------------------------------------------

    def counted(self, node: Plain) -> list[Plain]:
        """Return the children of a node that count: with a weight, and something below them in use."""
        return [c for c in node["children"] if c["weight"] > 0 and self._in_use(c)]

    def _in_use(self, item: Plain) -> bool:
        if item["kind"] == "criterion":
            return item["key"] not in self.inactive
        return bool(self.counted(item))

    def _node(self, node: Plain, code: str) -> tuple[float | None, float | None]:
        """Return score and coverage of a node, None where it has none."""
        parts: list[tuple[float, float]] = []
        whole, covered = 0.0, 0.0
        children = self.counted(node)
        total = math.fsum(child["weight"] for child in children)
        for child in children:
            weight = child["weight"] / total
            if child["kind"] == "criterion":
                cell = self.cells[child["key"]][code]
                score = cell.u
                coverage = 1.0 if cell.source not in ("", "peers", "range") else 0.0
                applies = cell.applies
            else:
                score, found = self._node(child, code)
                applies, coverage = found is not None, (found or 0.0) if score is not None else 0.0
            if applies:
                whole, covered = whole + weight, covered + weight * coverage
            if score is not None:
                parts.append((weight, entering(node, child, score)))
        result: tuple[float | None, float | None] = (None, covered / whole if whole else None)
        tau = node["tau"]
        if tau is None:
            tau = self.model["root_tau" if node is self.model["root"] else "node_tau"]
        if parts and covered / whole >= tau - 1e-12:
            result = (mean(node, parts), result[1])
        self.nodes[code][node["key"]] = result
        return result

    def _score(self, code: str) -> None:
        score, _ = self._node(self.model["root"], code)
        gaps = [
            item["key"]
            for item in walk(self.model["root"])
            if (item["kind"] == "node" and item["required"] and self.nodes[code].get(item["key"], (None,))[0] is None)
            or (
                item["kind"] == "criterion"
                and item["missing"]["policy"] == "required"
                and not item.get("estimate")
                and self.cells[item["key"]][code].u is None
            )
        ]
        verdicts = [binding(hurdle, self, code) for hurdle in self.model["hurdles"]]
        status, _ = self.evidence[code]
        if status == "ranked":
            if -1 in verdicts:
                status = "screened_out"
            elif gaps:
                status = "unranked_required"
            elif score is None:
                status = "unranked_coverage"
            elif 0 in verdicts:
                status = "undetermined"
        self.statuses[code] = status
        self.scores[code] = None if gaps or status == "not_rankable" else score

    def _ranks(self) -> dict[str, int]:
        """Return the rank of each ranked country: 1 and the number of those above, by whole billionths of the score."""
        whole = {c: round((self.scores[c] or 0.0) * 1e9) for c in self.countries if self.statuses[c] == "ranked"}
        return {code: 1 + sum(other > own for other in whole.values()) for code, own in whole.items()}

    def place(self, code: str) -> int | None:
        """Return the rank that a country's score takes among the ranked."""
        score = self.scores[code]
        if score is None:
            return None
        return 1 + sum(round((self.scores[c] or 0.0) * 1e9) > round(score * 1e9) for c in self.ranks)


def positive(node: Plain) -> bool:
    """Return whether a node's mean needs values above zero."""
    return bool(node["aggregation"] == "geometric" or (node["aggregation"] == "generalised" and node["p"] <= 0))


def is_floored(node: Plain, child: Plain) -> bool:
    """Return whether a child is first raised above zero in its parent's mean."""
    if not positive(node):
        return False
    return bool(child["kind"] == "criterion" or child.get("span") or not positive(child))


def entering(node: Plain, child: Plain, score: float) -> float:
    """Return what a child's score counts in its parent's mean: within its span, above the floor."""
    if span := child.get("span"):
        score = min(max((score - span[0]) / (span[1] - span[0]), 0.0), 1.0)
    return node["floor"] + (1.0 - node["floor"]) * score if is_floored(node, child) else score


def mean(node: Plain, parts: list[tuple[float, float]]) -> float:
    """Return the weighted mean of the children that have a score."""
    whole = math.fsum(weight for weight, _ in parts)
    power = power_of(node)
    if power == 0.0:
        return math.exp(math.fsum(weight / whole * math.log(value) for weight, value in parts))
    return math.pow(math.fsum(weight / whole * math.pow(value, power) for weight, value in parts), 1.0 / power)


def power_of(node: Plain) -> float:
    """Return the exponent of a node's mean: 1 for the arithmetic, 0 for the geometric one."""
    fixed = {"arithmetic": 1.0, "geometric": 0.0}
    return fixed[node["aggregation"]] if node["aggregation"] in fixed else float(node["p"])


# ---- hurdles -------------------------------------------------------------------------------------------------------


def binding(hurdle: Plain, official: Official, code: str) -> int:
    """Return the verdict that decides about a rank: 1 pass, 0 unknown, -1 fail. An advisory hurdle excludes no one."""
    waived = code in official.snapshot["waivers"].get(hurdle["key"], ())
    if hurdle["hurdle_kind"] == "advisory" or waived:
        return 1
    return verdict(hurdle["expression"], official, code)


def verdict(rule: Plain, official: Official, code: str) -> int:
    """Return the verdict of an expression: "all" is the least of its parts, "any" the greatest."""
    kind = rule["kind"]
    if kind == "hurdle":
        other = next(h for h in official.model["hurdles"] if h["key"] == rule["hurdle"])
        return verdict(other["expression"], official, code)
    if kind == "not":
        return -verdict(rule["item"], official, code)
    if kind != "predicate":
        found = [verdict(item, official, code) for item in rule["items"]]
        if kind == "all_of":
            return min(found)
        if kind == "any_of":
            return max(found)
        passes, unknown = found.count(1), found.count(0)
        return 1 if passes >= rule["k"] else -1 if passes + unknown < rule["k"] else 0
    return _predicate(rule, official, code)


def _predicate(rule: Plain, official: Official, code: str) -> int:
    if rule["on"] != "raw":
        raise NotCovered("a hurdle on a normalized value")
    column = official.snapshot["columns"][rule["criterion"]]
    known = column.get("labels" if rule["operator"] == "in" else "values", {})
    if official.cells[rule["criterion"]][code].source in ("", "peers", "range") or code not in known:
        return -1 if rule["missing_fails"] else 0
    if rule["operator"] == "in":
        return 1 if known[code] in rule["labels"] else -1
    bound = rule["value"]
    if rule["peer_median"] is not None:
        labels = official.snapshot["groupings"].get(rule["peer_median"], {})
        group = [v for c, v in known.items() if c in labels and labels[c] == labels.get(code)]
        bound = statistics.median(group) if group else None
    if bound is None:
        return 0
    x = known[code]
    passes = {">": x > bound, ">=": x >= bound, "<": x < bound, "<=": x <= bound}[rule["operator"]]
    return 1 if passes else -1
