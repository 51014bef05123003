"""Scores recomputed by an outsider, from the text of the page of the method and the exports of countries alone.

Nothing of the product's arithmetic is imported: rules and numbers are read from the page, as a reader would.
"""

from __future__ import annotations

import csv
import io
import math
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from tests.support.accounts import make_account

pytestmark = pytest.mark.world("newcomer")

MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
NUMBER = r"-?\d+(?:\.\d+)?"


@pytest.fixture
def reader(db: None) -> Client:
    client = Client()
    client.force_login(make_account(Role.VIEWER, username="outsider"))
    return client


def plain(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace(MINUS, "-").replace(TIMES, "*")
    return re.sub(r"\s+", " ", text).strip()


def rules_of(client: Client) -> dict[str, list[str]]:
    """Return the rule of each step by its name, as lines of text."""
    html = client.get("/method/").content.decode()
    part = html.split('id="recompute"')[1].split('id="importance"')[0]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", part, re.S):
        head, *cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        if "<td" in row:
            found[plain(head)] = [plain(line) for line in re.findall(r"<p>.*?</p>", cells[0], re.S)]
    return found


def export_of(client: Client, code: str) -> list[dict[str, str]]:
    response: Any = client.get(f"/countries/{code}/?format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["Counted"] == "yes"]


def values_of(row: dict[str, str]) -> list[tuple[str, int, str]]:
    """Return the published values of a row: value, year, series."""
    found = re.findall(r"(\d{4})(?:, ([^;:]*?))?: ([^;]+)(?:; |$)", row["All published values"])
    return [(value.strip(), int(year), series) for year, series, value in found]


def numbers(pattern: str, text: str) -> list[float]:
    match = re.search(pattern.replace("#", f"({NUMBER})"), text)
    assert match, (pattern, text)
    return [float(one) for one in match.groups()]


def logit(v: float) -> float:
    return math.log((v + 0.5) / (100.5 - v))


def back(t: float) -> float:
    return min(max((100.5 * math.exp(t) - 0.5) / (1 + math.exp(t)), 0.0), 100.0)


def within(x: float) -> float:
    return min(max(x, 0.0), 1.0)


# ---- one criterion -------------------------------------------------------------------------------------------------


def u_of(label: str, rule: list[str], row: dict[str, str]) -> float | None:
    """Return the value between the goalposts, or None if the criterion does not apply."""
    values, text = values_of(row), " ".join(rule)
    if not values:
        return float(row["On a 0 to 1 scale"]) if row["Filled from"] else None
    if text.startswith("u: "):
        steps = dict(re.findall(rf"([A-Z][\w ]*?) ({NUMBER})[;.]", text))
        name = values[0][0]
        known = {"L": "Low income", "LM": "Lower middle income", "UM": "Upper middle income", "H": "High income"}
        return float(steps[known.get(name, name)])
    best, last = best_of(text, values, int(row["Ages count to"])), rule[-1]
    if match := re.fullmatch(rf"u = best / ({NUMBER})", last):
        return within(best / float(match[1]))
    if match := re.fullmatch(rf"u = \(best ([+-]) ({NUMBER})\) / ({NUMBER})", last):
        return within((best + float(match[1] + match[2])) / float(match[3]))
    high, width = numbers(r"u = \(# - best\) / #", last)
    return within((high - best) / width)


def best_of(text: str, values: list[tuple[str, int, str]], year: int) -> float:
    value, age = float(values[0][0]), max(year - values[0][1], 0)
    if text.startswith("x = mean"):
        return editions(text, values)
    if text.startswith("Two surveys"):
        return surveys(text, values, year)
    if "cut at" in text:
        low, high, m, k = numbers(r"v cut at # and #\. best = m \+ k \(v - m\), m = #, k = #", text)
        return m + k * (min(max(value, low), high) - m)
    if "L(best) = L(v)" in text:
        if text.startswith("v = 100 - published"):
            value = 100 - value
        if "min(a" in text:
            sign, slope, most = re.search(rf"L\(v\) ([+-]) ({NUMBER}) min\(a, (\d+)\)", text).groups()  # type: ignore[union-attr]
            age = min(age, int(most))
        else:
            sign, slope = re.search(rf"L\(v\) ([+-]) ({NUMBER}) a", text).groups()  # type: ignore[union-attr]
        return back(logit(value) + float(sign + slope) * age)
    assert text.startswith("best = v "), text
    return value


def editions(text: str, values: list[tuple[str, int, str]]) -> float:
    shifts = {
        name.strip(): float(sign + size) for name, sign, size in re.findall(rf"([A-Z][\w ]+) ([+-]) ({NUMBER})", text)
    }
    x = sum(math.log(float(value)) + shifts[series] for value, _, series in values) / len(values)
    m, both, one = numbers(r"m = #, k = # with 2 editions, # with 1", text)
    return math.exp(m + (both if len(values) == 2 else one) * (x - m))


def surveys(text: str, values: list[tuple[str, int, str]], year: int) -> float:
    lines = {
        name: (float(a), float(sign + b))
        for name, a, sign, b in re.findall(rf"“([^”]+)”, L\(best\) = ({NUMBER}) ([+-]) ({NUMBER}) L\(v\)", text)
    }
    if len(values) == 1:
        value, _, series = values[0]
        if series not in lines:
            return float(value)
        a, b = lines[series]
        return back(a + b * logit(float(value)))
    part_name, own_name = re.search(r"if “([^”]+)” is newer than “([^”]+)”", text).groups()  # type: ignore[union-attr]
    by_series = {series: (float(value), when) for value, when, series in values}
    (own, own_year), (part, part_year) = by_series[own_name], by_series[part_name]
    assert year - min(own_year, part_year) <= 15
    assert part_year > own_year or (part_year == own_year and part > own)
    a, b = lines[part_name]
    o, n, d, r = numbers(r"o = #, .*?n = #, d = #, r = #, D", text)
    between = part_year - own_year
    w = (n * n + d * d * between) / (2 * n * n + d * d * between + r * r)
    return back(w * (a + b * logit(part) + o) + (1 - w) * logit(own))


# ---- from u to the score -------------------------------------------------------------------------------------------


def mean_of(rule: str, known: dict[str, float | None]) -> float:
    """Return the weighted mean that a rule describes; what does not apply gives its weight to the others."""
    found = []
    for weight, name in re.findall(rf"({NUMBER}) \* ([^+]+?)(?: \+|$)", rule):
        (key,) = [label for label in known if label.lower().startswith(name.strip().lower())]
        if (value := known[key]) is not None:
            found.append((float(weight), value))
    return sum(weight * value for weight, value in found) / sum(weight for weight, _ in found)


def recomputed(rules: dict[str, list[str]], rows: list[dict[str, str]]) -> dict[str, float]:
    known = {row["Factor"]: u_of(row["Factor"], rules[row["Factor"]], row) for row in rows}
    for row in rows:
        if (u := known[row["Factor"]]) is not None:
            assert u == pytest.approx(float(row["On a 0 to 1 scale"]), abs=2e-4), row["Factor"]
    for node in ("Political will", "Governance", "Development", "Need", "Feasibility"):
        known[node] = mean_of(rules[node][0], known)
    need, able = known["Need"], known["Feasibility"]
    assert need is not None
    assert able is not None
    (top,) = numbers(r"N = need / #", rules["Need on its axis, N"][0])
    low, width = numbers(r"F = \(feasibility - #\) / #", rules["Feasibility on its axis, F"][0])
    n, f = within(need / top), within((able - low) / width)
    floor, rest = numbers(r"= # \+ # x for both", rules["Score"][0])
    half, other = numbers(r"100 exp\(# ln N. \+ # ln F.\)", rules["Score"][1])
    score = 100 * math.exp(half * math.log(floor + rest * n) + other * math.log(floor + rest * f))
    return {"Need": 100 * need, "Feasibility": 100 * able, "N": 100 * n, "F": 100 * f, "Score": score}


def scores_of(client: Client) -> list[float]:
    text = plain(client.get("/method/").content.decode())
    listed = re.search(r"Scores of the 81 ranked countries (.*?) What decides the list", text)
    assert listed
    return [float(one) for one in re.findall(r"\d+ \D+? (\d+\.\d\d)(?:;|$)", listed[1].strip())]


# Ghana and Malawi have two surveys, Malawi's of one year; Turkey has no level; Albania is bridged; Nigeria is first.
# The figures of Ghana, Malawi, Turkey, Albania, and Nigeria are those of the table of reference results.
REFERENCE = {
    "GHA": (32.1, 68.6, 51.34, 18),
    "MWI": (48.0, 61.6, 56.20, 7),
    "TUR": (22.6, 59.5, 37.49, 50),
    "ALB": (20.8, 65.4, 39.82, 44),
    "NGA": (65.7, 58.5, 62.02, 1),
}


@pytest.mark.parametrize("code", REFERENCE)
def test_five_scores_are_recomputed_from_the_page_and_the_export(newcomer: ScoreRun, reader: Client, code: str) -> None:
    rows = export_of(reader, code)
    found = recomputed(rules_of(reader), rows)
    need, able, score, rank = REFERENCE[code]
    assert found["Need"] == pytest.approx(need, abs=0.06)
    assert found["Feasibility"] == pytest.approx(able, abs=0.06)
    assert found["Score"] == pytest.approx(score, abs=0.05)
    printed = rows[0]
    for key, column in (
        ("Need", "Need"), ("Feasibility", "Feasibility"), ("N", "Need on its axis (N)"),
        ("F", "Feasibility on its axis (F)"), ("Score", "Score"),
    ):  # fmt: skip
        assert found[key] == pytest.approx(float(printed[column]), abs=0.02), key
    scores = scores_of(reader)
    assert len(scores) == 81
    assert 1 + sum(one > found["Score"] + 0.01 for one in scores) == rank == int(printed["Rank"])
