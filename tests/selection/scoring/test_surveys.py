"""Two surveys of one country, compared with the formulas of the method computed by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from selection.scoring import Goalposts, Model, SeriesColumn, Snapshot, score
from selection.scoring.canonical_json import encode
from selection.scoring.estimates import COMBINED, NEWEST, OWN_FIRST, CellEstimates
from selection.scoring.fits import LEAST_PAIRS, Bridge
from selection.scoring.method import Combine, Estimate, Method, Scale, Series
from selection.scoring.surveys import combine, fit_part, fit_surveys, part_alone

from .build import column, leaf, model

YEAR = 2026
BRIDGE = Bridge(83, 0.187, 0.965, 0.266, 0.970)
OFFSET = 0.340
HOW = Estimate(
    Scale.LOGIT,
    (Series("own", "Activity or chores", "a"), Series("part", "Activity", "b"), Series("third", "Third", "c")),
    Combine.SURVEYS,
    fresh=15,
    measurement=0.29,
    drift=0.22,
)
Dated = tuple[float, int]
"""Value in percent and reference year."""


def survey(**values: Dated) -> SeriesColumn:
    return SeriesColumn(
        {code: value for code, (value, _) in values.items()},
        {code: float(YEAR - year) for code, (_, year) in values.items()},
    )


def share(t: float) -> float:
    return float(Scale.LOGIT.back(np.array([t]))[0])


# ---- formulas ------------------------------------------------------------------------------------------------------


def test_ghana_is_combined_as_computed_by_hand() -> None:
    found = combine(survey(GHA=(20.1, 2018)), survey(GHA=(5.5, 2022)), "GHA", BRIDGE, HOW, OFFSET)
    # n² = .0841, d² = .0484, r² = .070756; D = 4 years between the surveys, a = 4 since the newer one.
    assert found.share == pytest.approx((0.0841 + 0.0484 * 4) / (0.0841 + 0.0484 * 4 + 0.0841 + 0.070756))
    assert found.share == pytest.approx(0.642, abs=5e-4)
    newer = 0.187 + 0.965 * math.log(6.0 / 95.0) + 0.340
    own = math.log(20.6 / 80.4)
    assert found.best == pytest.approx(found.share * newer + (1 - found.share) * own)
    assert share(found.best) == pytest.approx(13.10, abs=5e-3)
    w = found.share
    assert found.measurement**2 == pytest.approx(((1 - w) ** 2 + w**2) * 0.0841)
    assert found.age**2 == pytest.approx((1 - w) ** 2 * 0.0484 * 4 + 0.0484 * 4)
    assert found.bridge**2 == pytest.approx(w**2 * 0.070756)
    error = math.sqrt(found.measurement**2 + found.age**2 + found.bridge**2)
    assert error == pytest.approx(0.541, abs=5e-4)


@pytest.mark.parametrize(
    ("own", "part", "used", "error"),
    [
        ((20.1, 2018), (5.5, 2022), 13.10, 0.541),
        ((45.0, 2015), (18.7, 2021), 33.59, 0.593),
        ((22.8, 2016), (8.6, 2022), 17.07, 0.551),
        ((14.0, 2015), (3.1, 2019), 8.34, 0.662),
        ((14.5, 2015), (16.2, 2021), 22.11, 0.593),
        ((14.0, 2020), (24.1, 2020), 20.18, 0.587),
    ],
    ids=["Ghana", "Ethiopia", "Senegal", "Mauritania", "Peru", "Malawi"],
)
def test_the_countries_of_the_method(own: Dated, part: Dated, used: float, error: float) -> None:
    found = combine(survey(AAA=own), survey(AAA=part), "AAA", BRIDGE, HOW, OFFSET)
    # The coefficients and the values are rounded.
    assert share(found.best) == pytest.approx(used, abs=0.05)
    assert math.hypot(found.measurement, found.age, found.bridge) == pytest.approx(error, abs=1e-3)


def test_a_survey_of_the_part_alone_takes_no_offset_and_all_errors() -> None:
    found = part_alone(survey(PHL=(1.2, 2022)), "PHL", BRIDGE, HOW)
    assert share(found.best) == pytest.approx(1.85, abs=0.01)
    assert (found.measurement, found.bridge) == (0.29, 0.266)
    assert found.age == pytest.approx(0.44)
    assert math.hypot(found.measurement, found.age, found.bridge) == pytest.approx(0.590, abs=5e-4)


def test_a_survey_of_next_year_has_no_age() -> None:
    found = part_alone(survey(AAA=(1.2, YEAR + 1)), "AAA", BRIDGE, HOW)
    assert found.age == 0.0


def test_the_step_where_the_part_first_exceeds_its_whole_is_upward() -> None:
    own = survey(MWI=(14.0, 2020))
    assert share(combine(own, survey(MWI=(14.1, 2020)), "MWI", BRIDGE, HOW, OFFSET).best) == pytest.approx(
        16.8, abs=0.05
    )


@pytest.mark.parametrize("own", [(20.1, 2018), (14.0, 2020)])
def test_a_larger_value_of_the_second_survey_never_lowers_the_estimate(own: Dated) -> None:
    found = [
        combine(survey(AAA=own), survey(AAA=(value, 2021)), "AAA", BRIDGE, HOW, OFFSET).best
        for value in np.linspace(0, 100, 101)
    ]
    assert all(one < other for one, other in itertools.pairwise(found))


# ---- a second survey -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "part", "has"),
    [
        ((20.0, 2018), (5.0, 2019), True),
        ((20.0, 2018), (5.0, 2018), False),
        ((20.0, 2018), (20.0, 2018), False),
        ((20.0, 2018), (20.001, 2018), True),
        ((20.0, 2018), (90.0, 2017), False),
        ((20.0, 2011), (5.0, 2012), True),
        ((20.0, 2010), (5.0, 2012), False),
        ((20.0, 2010), (5.0, 2011), False),
        ((20.0, 2011), (25.0, 2011), True),
        ((20.0, 2010), (25.0, 2010), False),
    ],
    ids=[
        "newer by a year", "of one year and smaller", "of one year and equal", "of one year and larger by a bit",
        "older and larger", "both within 15 years", "its own of 16 years", "its own of 16 and the other of 15 years",
        "of one year, 15 years ago", "of one year, 16 years ago",
    ],
)  # fmt: skip
def test_second_survey_is_newer_or_more_detailed(own: Dated, part: Dated, has: bool) -> None:
    found = fit_surveys(survey(AAA=own), survey(AAA=part), BRIDGE, HOW)
    assert found.countries == (("AAA",) if has else ())


def test_without_a_limit_of_age_an_old_second_survey_counts() -> None:
    how = replace(HOW, fresh=None)
    assert fit_surveys(survey(AAA=(20.0, 1990)), survey(AAA=(5.0, 1991)), BRIDGE, how).countries == ("AAA",)


def test_a_country_with_one_survey_has_no_second() -> None:
    found = fit_surveys(survey(AAA=(20.0, 2018)), survey(BBB=(5.0, 2022)), BRIDGE, HOW)
    assert (found.offset, found.countries) == (0.0, ())


def test_the_offset_is_the_mean_difference_of_the_countries_with_two() -> None:
    own = survey(AAA=(20.1, 2018), BBB=(45.0, 2015), CCC=(30.0, 2022))
    part = survey(AAA=(5.5, 2022), BBB=(18.7, 2021), CCC=(9.0, 2020))
    found = fit_surveys(own, part, BRIDGE, HOW)
    apart = [
        math.log((x + 0.5) / (100.5 - x)) - 0.187 - 0.965 * math.log((y + 0.5) / (100.5 - y))
        for x, y in ((20.1, 5.5), (45.0, 18.7))
    ]
    assert found.countries == ("AAA", "BBB")
    assert found.offset == pytest.approx(sum(apart) / 2)
    assert encode(found) == {"offset": found.offset, "countries": ["AAA", "BBB"]}


def test_bridge_uses_same_year_surveys_whose_part_fits_the_whole() -> None:
    own = {f"A{i:02d}": (10.0 + 2 * i, 2020) for i in range(LEAST_PAIRS)}
    part = {code: (value if i == 0 else value / 2 + i % 3, 2020) for i, (code, (value, _)) in enumerate(own.items())}
    fitted = fit_part(survey(**own), survey(**part), HOW)
    assert fitted is not None
    assert fitted.n == LEAST_PAIRS
    others = {"X": (20.0, 2020), "Y": (20.0, 2020)}
    apart = {"X": (20.1, 2020), "Y": (5.0, 2021)}
    assert fit_part(survey(**own, **others), survey(**part, **apart), HOW) == fitted
    assert fit_part(survey(**own), survey(**{**part, "A01": (60.0, 2020)}), HOW) is None


# ---- a criterion ---------------------------------------------------------------------------------------------------

PAIRS = {f"P{i:02d}": ((12.0 + 2 * i, 2020), (6.0 + i + i % 3, 2020)) for i in range(24)}
"""Countries whose two values are of one survey."""

OTHERS: Mapping[str, tuple[Dated | None, Dated | None]] = {
    "NEW": ((20.1, 2018), (5.5, 2022)),
    "MAX": ((14.0, 2020), (24.1, 2020)),
    "OLD": ((20.0, 2009), (5.0, 2022)),
    "ACT": (None, (1.2, 2022)),
    "OWN": ((30.0, 2016), None),
}


def cells(**changed: tuple[Dated | None, Dated | None]) -> CellEstimates:
    given = {**PAIRS, **OTHERS, **changed}
    own = survey(**{code: one for code, (one, _) in given.items() if one})
    part = survey(**{code: two for code, (_, two) in given.items() if two})
    countries = tuple(given)
    x = column([own.values.get(code, math.nan) for code in countries], ages=[own.ages.get(code) for code in countries])
    data = Snapshot(
        countries,
        {"x": x, "y": column([0.5] * len(countries))},
        {},
        {},
        {},
        {"x": {"own": own, "part": part, "third": survey()}},
    )
    result = score(data, built(HOW), draws=0)
    return result.estimated.cells["x"]


def built(how: Estimate) -> Model:
    leaves = (leaf("x", 1.0, Goalposts(0.0, 40.0), estimate=how), leaf("y"))
    return model(*leaves, method=Method(peers=(), least_peers=1), root_tau=0.0, node_tau=0.0)


def at(found: CellEstimates, code: str) -> int:
    return [*PAIRS, *OTHERS].index(code)


def test_a_criterion_combines_two_surveys_and_takes_others_as_before() -> None:
    found = cells()
    bridge, surveys = found.bridges["part"], found.surveys
    assert bridge.n == 24
    assert surveys is not None
    assert surveys.countries == ("MAX", "NEW")
    new, act, own, old = (at(found, code) for code in ("NEW", "ACT", "OWN", "OLD"))
    by_hand = combine(survey(A=(20.1, 2018)), survey(A=(5.5, 2022)), "A", bridge, HOW, surveys.offset)
    assert found.sources[new] == COMBINED
    assert (found.best[new], found.shares[new], found.ages[new]) == (by_hand.best, by_hand.share, 4.0)
    assert {name: found.parts[name][new] for name in found.parts} == {
        "measurement": by_hand.measurement, "age": by_hand.age, "bridge": by_hand.bridge
    }  # fmt: skip
    # Only activity, and an own survey older than 15 years: the bridge without the offset, and all three errors.
    for i, value in ((act, 1.2), (old, 5.0)):
        assert (found.sources[i], found.shares[i]) == ("part", 0.0)
        assert found.best[i] == pytest.approx(bridge.at(Scale.LOGIT.of(value)))
        assert found.parts["measurement"][i] == 0.29
        assert found.error[i] == pytest.approx(math.sqrt(0.29**2 + 0.0484 * 4 + bridge.residual**2))
    assert (found.sources[own], found.error[own]) == ("own", pytest.approx(math.sqrt(0.0841 + 0.0484 * 10)))


def test_the_other_two_ways_are_stored_with_the_cells() -> None:
    found = cells()
    assert set(found.others) == {OWN_FIRST, NEWEST}
    new, old = at(found, "NEW"), at(found, "OLD")
    first, newest = found.others[OWN_FIRST], found.others[NEWEST]
    assert (first.sources[new], first.best[new]) == ("own", pytest.approx(Scale.LOGIT.of(20.1)))
    assert newest.sources[new] == "part"
    assert newest.best[new] == pytest.approx(found.bridges["part"].at(Scale.LOGIT.of(5.5)))
    assert newest.parts["measurement"][new] == 0.29
    assert found.surveys is not None
    w = found.shares[new]
    assert found.best[new] == pytest.approx(w * (newest.best[new] + found.surveys.offset) + (1 - w) * first.best[new])
    apart = [i for i in range(len(found.best)) if found.sources[i] != COMBINED]
    for other in (first, newest):
        assert [other.best[i] for i in apart] == [found.best[i] for i in apart]
    assert found.sources[old] == first.sources[old] == newest.sources[old] == "part"


def test_a_smaller_part_of_one_year_is_one_survey() -> None:
    found = cells(MAX=((14.0, 2020), (14.0, 2020)))
    i = at(found, "MAX")
    assert (found.sources[i], found.u[i]) == ("own", pytest.approx(14.0 / 40.0))
    assert found.surveys is not None
    assert found.surveys.countries == ("NEW",)


def test_without_enough_pairs_nothing_is_bridged_or_combined() -> None:
    few = {code: (own, None) for code, (own, _) in list(PAIRS.items())[: 24 - LEAST_PAIRS + 1]}
    found = cells(**few)
    assert "part" not in found.bridges
    assert (found.sources[at(found, "NEW")], found.sources[at(found, "ACT")]) == ("own", "peers")
    assert found.surveys is not None
    assert found.surveys.countries == ()
