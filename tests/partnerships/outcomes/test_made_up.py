"""Made-up effects from observations to the sentence, and pretended partners whose p must be uniform."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from partnerships.demo import load_partnerships
from partnerships.outcomes.chance import mean_of, p_of, random_means
from partnerships.outcomes.comparing import Compared, compare
from partnerships.outcomes.measures import RIGHTS, TIER, OutcomeMeasure
from partnerships.outcomes.panel import Panel, Signature
from partnerships.outcomes.presenters.lead import lead_of
from partnerships.outcomes.queries import Outcomes, outcomes, panel_of
from partnerships.outcomes.verdict import Case, verdict_of
from tests.partnerships.outcomes.made_up import publish_made_up

REPEATS = 150
UNIFORM = 1.63 / REPEATS**0.5
"""Bound of Kolmogorov and Smirnov: a uniform p passes it in 99% of cases."""


def made_up(folder: Path, effect: int) -> Outcomes:
    publish_made_up(folder, effect)
    load_partnerships(lambda done, total: None)
    return outcomes()


def sentence(found: Outcomes) -> str:
    assert found.results is not None
    html = render_to_string("partnerships/outcomes/_lead.html", {"lead": lead_of(verdict_of(found.results))})
    return " ".join(unescape(strip_tags(html)).split())


@pytest.mark.django_db
def test_an_effect_of_two_tiers_is_told_from_chance(tmp_path: Path) -> None:
    found = made_up(tmp_path, effect=2)
    assert found.results is not None
    verdict = verdict_of(found.results)
    assert (verdict.case, [one.key for one in verdict.rose], verdict.fell) == (Case.HOLDS, ["tier"], ())
    line = found.results.measures["tier"].pooled
    assert line is not None
    assert line.partners == 7
    # Tier 1 is a ceiling, so that a part of two tiers is lost.
    assert 1.0 < line.low < line.difference < 2.0
    text = sentence(found)
    assert text.startswith("After signature, the TIP tier rose more in partners than in comparable countries, by ")
    assert text.endswith(
        "; chance alone would rarely do this (p <.01). Partners were not chosen at random, so this does not show that "
        "the partnerships caused it."
    )
    assert "No difference can be told from chance" not in text
    assert set(found.results.measures) == {"tier", "rights", "liberties"}  # no file of the index is published


@pytest.mark.django_db
def test_no_effect_is_not_told_from_chance(tmp_path: Path) -> None:
    found = made_up(tmp_path, effect=0)
    assert found.results is not None
    assert verdict_of(found.results).case is Case.NOTHING
    text = sentence(found)
    assert text.startswith(
        "No difference can be told from chance. In seven partnerships with at least two years of data after "
        "signature, the TIP tier moved "
    )
    assert text.endswith("so this does not show that partnerships had no effect.")


def pretended_p(panel: Panel, measure: OutcomeMeasure, draw: np.random.Generator, effect: float = 0.0) -> float:
    """Return p of countries that were never partners, drawn from the pools of the real ones."""
    days = [one.day for one in panel.signatures[:7]]
    chosen: list[str] = []
    for one in panel.signatures[:7]:
        real = compare(panel, measure, one)
        assert isinstance(real, Compared)
        chosen.append(str(draw.choice([code for code in real.pool if code not in chosen])))
    signatures = tuple(Signature(day, code) for day, code in zip(days, chosen, strict=True))
    pretended = replace(panel, signatures=signatures, eligible=panel.eligible - set(chosen))
    found = [compare(pretended, measure, one) for one in signatures]
    compared = [one for one in found if isinstance(one, Compared)]
    return p_of(mean_of(compared) + effect, random_means(compared, 4_000))


def distance_from_uniform(values: list[float]) -> float:
    ordered = np.sort(np.array(values))
    steps = np.arange(1, len(ordered) + 1) / len(ordered)
    return float(np.max(np.maximum(steps - ordered, ordered - steps + 1 / len(ordered))))


@pytest.mark.world("facts")
def test_pretended_partners_give_a_uniform_p(facts: None) -> None:
    load_partnerships(lambda done, total: None)
    panel = panel_of(outcomes().number)
    assert panel is not None
    draw = np.random.default_rng(20261130)
    found = {measure.key: [pretended_p(panel, measure, draw) for _ in range(REPEATS)] for measure in (TIER, RIGHTS)}
    for key, values in found.items():
        assert distance_from_uniform(values) < UNIFORM, key
    # With a true difference of half a tier, the same bound is far passed.
    assert distance_from_uniform([pretended_p(panel, TIER, draw, 0.5) for _ in range(40)]) > 2 * UNIFORM
