"""Reference results of version 4 of the method, from an independent prototype on the publishers' files (as-of 2026)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """One row of the reference table, of a ranked country or of one outside the pool, which has a place.

    `low`, `high`, `within_10` and `within_20` are of data and weights, `all_low`, `all_high` and `all_within` of the
    all-in draws, and `holds` is the all-in share if the country keeps its tier.
    """

    rank: int
    need: float
    feasibility: float
    score: float
    low: int
    high: int
    within_10: float
    within_20: float
    group: str
    reliability: float
    all_low: int
    all_high: int
    all_within: float
    holds: float


RANKED = {
    "NGA": Figures(1, 65.7, 58.5, 62.02, 1, 47, 0.65, 0.82, "open", 6.6, 1, 50, 0.78, 0.88),
    "TZA": Figures(2, 58.4, 60.5, 60.73, 1, 43, 0.62, 0.82, "open", 6.8, 1, 48, 0.76, 0.85),
    "UGA": Figures(3, 71.8, 54.9, 60.13, 1, 62, 0.48, 0.70, "open", 6.7, 2, 61, 0.61, 0.70),
    "MDG": Figures(4, 59.1, 58.5, 58.86, 1, 50, 0.52, 0.76, "open", 6.8, 2, 53, 0.69, 0.79),
    "ETH": Figures(5, 69.9, 54.5, 58.73, 1, 63, 0.51, 0.71, "open", 6.8, 2, 62, 0.62, 0.70),
    "ZMB": Figures(6, 46.6, 62.6, 56.27, 2, 43, 0.47, 0.77, "open", 7.2, 1, 46, 0.74, 0.85),
    "MWI": Figures(7, 48.0, 61.6, 56.20, 1, 45, 0.48, 0.74, "open", 6.5, 1, 47, 0.73, 0.83),
    "CMR": Figures(8, 60.4, 54.9, 55.14, 3, 67, 0.28, 0.54, "open", 6.5, 3, 64, 0.49, 0.56),
    "AGO": Figures(9, 54.4, 56.7, 54.55, 2, 61, 0.32, 0.60, "open", 6.5, 3, 60, 0.56, 0.64),
    "GNB": Figures(10, 57.4, 54.7, 53.64, 3, 66, 0.26, 0.54, "open", 6.5, 4, 64, 0.49, 0.57),
    "LSO": Figures(11, 39.2, 64.7, 53.47, 2, 48, 0.34, 0.62, "open", 6.8, 2, 53, 0.58, 0.66),
    "GMB": Figures(12, 46.2, 59.8, 53.37, 3, 53, 0.30, 0.62, "open", 6.6, 2, 55, 0.59, 0.68),
    "SEN": Figures(13, 36.9, 66.1, 53.11, 2, 44, 0.35, 0.64, "open", 6.9, 2, 49, 0.61, 0.69),
    "GIN": Figures(14, 55.2, 55.0, 52.95, 3, 65, 0.28, 0.54, "open", 6.4, 3, 64, 0.49, 0.56),
    "BEN": Figures(15, 37.7, 64.6, 52.42, 2, 47, 0.30, 0.61, "open", 6.9, 2, 51, 0.59, 0.68),
    "HND": Figures(16, 44.2, 59.6, 52.04, 4, 57, 0.21, 0.52, "open", 7.0, 6, 61, 0.36, 0.41),
    "TGO": Figures(17, 42.4, 60.2, 51.62, 4, 56, 0.22, 0.52, "open", 6.8, 4, 58, 0.48, 0.56),
    "GHA": Figures(18, 32.1, 68.6, 51.34, 2, 47, 0.30, 0.56, "open", 7.0, 1, 51, 0.61, 0.68),
    "SLE": Figures(19, 40.8, 59.9, 50.32, 4, 59, 0.19, 0.45, "open", 6.7, 6, 61, 0.38, 0.43),
    "PAK": Figures(20, 45.9, 56.2, 49.61, 7, 65, 0.12, 0.37, "open", 6.6, 4, 63, 0.47, 0.54),
    "MRT": Figures(21, 53.9, 52.2, 48.95, 3, 65, 0.28, 0.56, "open", 6.4, 2, 62, 0.60, 0.68),
    "PER": Figures(24, 31.6, 63.9, 47.53, 6, 58, 0.12, 0.34, "open", 7.1, 7, 64, 0.26, 0.30),
    "MNG": Figures(32, 24.0, 66.7, 43.46, 11, 61, 0.05, 0.18, "open", 7.3, 6, 66, 0.26, 0.30),
    "PHL": Figures(38, 18.4, 71.8, 40.95, 11, 63, 0.04, 0.14, "open", 7.8, 8, 67, 0.18, 0.19),
    "ALB": Figures(44, 20.8, 65.4, 39.82, 15, 67, 0.02, 0.10, "open", 7.1, 9, 67, 0.19, 0.22),
    "TUR": Figures(50, 22.6, 59.5, 37.49, 26, 75, 0.01, 0.02, "open", 7.4, 19, 75, 0.07, 0.07),
    "JAM": Figures(54, 14.7, 68.0, 34.98, 25, 73, 0.01, 0.03, "open", 7.5, 15, 75, 0.09, 0.10),
    "IRQ": Figures(62, 23.3, 51.0, 31.54, 35, 77, 0.00, 0.01, "out", 7.1, 36, 78, 0.00, 0.00),
}
COLOMBIA = Figures(31, 23.2, 69.9, 44.73, 10, 62, 0.05, 0.17, "outside", 7.3, 6, 65, 0.26, 0.0)
"""In force, so outside the pool; the reference states no share for it if its tier holds."""
BHUTAN = Figures(30, 21.7, 72.8, 44.88, 4, 61, 0.15, 0.31, "no rank", 6.9, 3, 67, 0.33, 0.0)

OUTSIDE_PLACES = {"CIV": 10, "COL": 31, "ROU": 58}

SETTLED_IN = {"MWI", "NGA", "TZA", "ZMB"}
"""Countries firmly in if the overdue report changes no tier."""
SETTLED = {"in": 4, "open": 49, "out": 28}

INNER_BANDS, ALL_IN_BANDS = (19, 15, 19, 28), (15, 22, 21, 23)
"""Ranked countries with a share within 20 of at least .5, of .2 to .5, of .05 to .2, and below .05."""

PROVISIONAL = {
    "VUT": (1, 8, 48, 0.77), "TON": (2, 22, 57, 0.47), "MHL": (3, 27, 64, 0.36), "SLB": (3, 30, 68, 0.33),
    "BTN": (4, 30, 61, 0.31), "BLZ": (7, 31, 60, 0.25), "NAM": (4, 35, 70, 0.28), "MYS": (9, 40, 72, 0.17),
    "LCA": (8, 41, 70, 0.17), "COM": (19, 43, 71, 0.06), "FJI": (10, 43, 74, 0.14), "GNQ": (14, 45, 80, 0.10),
    "MUS": (10, 48, 75, 0.13), "BWA": (13, 49, 74, 0.10), "XKX": (21, 50, 73, 0.05), "LBN": (25, 60, 78, 0.03),
    "TJK": (24, 62, 81, 0.03), "MDV": (45, 72, 81, 0.00),
}  # fmt: skip
"""Places at 5, 50 and 95 percent of the draws of data and weights, and the share within 20."""

IN_REGION = {
    "NGA": 1, "TZA": 2, "UGA": 3, "HND": 1, "SUR": 2, "PER": 3, "PAK": 1, "BGD": 2, "NPL": 3, "TLS": 1, "MNG": 2,
    "PHL": 3, "MDA": 1, "GEO": 2, "ALB": 3, "EGY": 1, "MAR": 2, "IRQ": 3,
}  # fmt: skip
IN_INCOME_GROUP = {"UGA": 1, "MDG": 2, "ETH": 3, "NGA": 1, "TZA": 2, "ZMB": 3, "SUR": 1, "PER": 2, "MDA": 3}
INCOME_GROUPS = {"L": 16, "LM": 29, "UM": 36}
"""Ranked countries of each income class."""

RANKS = {"SUR": 23, "PAK": 20, "BGD": 26, "NPL": 29, "TLS": 25, "MDA": 27, "GEO": 39, "EGY": 51, "MAR": 58}

AXES = {"GHA": (0.3773, 0.6840), "NGA": (0.7731, 0.4910), "PER": (0.3717, 0.5934)}
AXIS_RANGES = {"need": (0.100, 0.718), "feasibility": (0.342, 0.828)}
"""Lowest and highest score of the ranked countries on each axis."""
ENDS = {"need": (0.143, 0.657), "feasibility": (0.390, 0.686)}
"""Scores at 5 and 95 percent of the ranked countries in the model's own design."""

P_ABOVE = {1: 0.51, 20: 0.74, 40: 0.88}
"""Median share of draws in which a country stands above the one so many places below it."""

CHILD_LABOUR = {
    # Own value, activity, value used, its error on the scale, and u.
    "GHA": (20.1, 5.5, 13.10, 0.541, 0.328),
    "ETH": (45.0, 18.7, 33.59, 0.593, 0.840),
    "SEN": (22.8, 8.6, 17.07, 0.551, 0.427),
    "MRT": (14.0, 3.1, 8.34, 0.662, 0.209),
    "PER": (14.5, 16.2, 22.11, 0.593, 0.553),
    "MWI": (14.0, 24.1, 20.18, 0.587, 0.504),
    "PHL": (None, 1.2, 1.85, 0.590, 0.046),
}
NEWER_SHARES = {"GHA": 0.64, "MWI": 0.35}
BRIDGES = {
    # Countries with both, intercept, slope, residual, r.
    "activity": (83, 0.187, 0.965, 0.266, 0.970),
    "working": (90, -0.635, 0.717, 0.673, 0.75),
    "employment": (80, -0.982, 0.585, 0.792, 0.65),
}
OFFSET, TWO_SURVEYS, TWO_SURVEYS_RANKED = 0.340, 20, 16
"""The offset, the countries with two surveys, and the ranked ones of them besides Malawi."""

BIRTHS = {"GHA": (29.4, 22.59, 0.376), "NGA": (57.4, 48.62, None), "MRT": (55.2, 46.39, None)}
"""Published share, the one carried along the trend, and u where it is stated."""
BALANCE_MEAN, BALANCE_PULL, BALANCE_ERROR = -16.9, 0.34, 10.5
NO_LEVEL = {"TUR", "TKM", "VNM"}
"""Ranked countries without a level in the newest edition of the Department of Labor."""

IMPORTANCE = {
    # Weight of the total, effective importance, and r; the axes have no r in the reference.
    "prevalence": (0.150, 0.04, 0.01),
    "child_labour": (0.150, 0.25, 0.51),
    "marriage": (0.100, 0.35, 0.46),
    "births": (0.100, 0.29, 0.52),
    "tier": (0.158, 0.34, 0.54),
    "ilab": (0.079, 0.23, 0.46),
    "political_rights": (0.039, 0.17, 0.30),
    "civil_liberties": (0.039, 0.06, 0.22),
    "cpi": (0.079, 0.00, -0.04),
    "income": (0.045, 0.04, 0.23),
    "unemployment": (0.015, 0.15, 0.43),
    "school_life": (0.015, 0.27, -0.32),
    "literacy": (0.015, 0.22, -0.36),
    "balance": (0.015, 0.02, -0.18),
    "need": (0.50, 0.38, None),
    "feasibility": (0.50, 0.39, None),
}
LEAST_AXIS = 0.30
"""Effective importance that each axis must have for 50:50 to mean what it says."""

DECOMPOSITION = {
    # Alone and with interactions, over all ranked countries and over the first 20.
    "data": (0.55, 0.73, 0.61, 0.80),
    "weights": (0.14, 0.27, 0.11, 0.25),
    "designs": (0.11, 0.24, 0.07, 0.18),
}
MEDIAN_WIDTHS = {"measurement": 16, "age": 43, "overdue": 28, "bridge": 3, "missing": 0, "data": 46, "weights": 20,
                 "designs": 20, "data_weights": 50, "total": 55}  # fmt: skip
WIDTH_OF_FIRST, ALL_IN_WIDTH_OF_FIRST = 51, 53
"""Median widths of the first 20: of data and weights, and all-in."""
SETTLED_WIDTH = 47
ANOVA = {"balance": 0.33, "root": 0.28, "scale": 0.21, "prevalence": 0.18, "axes": 0.13, "tier": 0.05,
         "need_weights": 0.03, "child_labour": 0.03}  # fmt: skip
DESIGNS = 1152

RELIABILITY_RANGE, RELIABILITY_QUARTILES, RELIABILITY_WIDTH = (6.1, 8.1), (6.7, 7.0, 7.3), -0.69
RELIABILITY_GAIN = 0.75
"""Mean gain of reliability where the overdue report is loaded."""

FREE = {
    # Share of all weightings within 20, need's share in those, and the share within 20 under these weights.
    "TZA": (0.62, 0.61, 0.95),
    "NGA": (0.60, 0.64, 0.95),
    "ZMB": (0.58, 0.56, 0.97),
    "UGA": (0.52, 0.67, 0.94),
    "GHA": (0.49, 0.38, 0.93),
    "SUR": (0.42, 0.34, 0.98),
    "MRT": (0.41, 0.68, 0.83),
    "PER": (0.36, 0.36, 0.76),
    "MNG": (0.33, 0.27, 0.91),
    "ALB": (0.24, 0.26, 0.65),
    "PHL": (0.21, 0.22, 0.82),
    "JAM": (0.19, 0.17, 0.85),
    "TUR": (0.11, 0.28, 0.74),
    "IRQ": (0.03, 0.43, 0.13),
}
FREE_WIDTH, FREE_OFTEN, FREE_SELDOM, NO_CENTRAL = 59, 7, 16, {"TUN"}
"""Median width under free weights, countries with a share of at least .5 and below .05, and those without weights."""
