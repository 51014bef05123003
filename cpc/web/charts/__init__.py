"""Charts drawn on the server as SVG: pure functions from values to markup, without Django."""

from cpc.web.charts.activities import Activity, activity_gantt
from cpc.web.charts.amounts import (
    Money,
    bullet,
    bullet_legend,
    money_card,
    money_figure,
    money_legend,
    money_row,
    part_bar,
)
from cpc.web.charts.around import Around, AroundValue, Spread, around, around_legend
from cpc.web.charts.chances import chance_step
from cpc.web.charts.comparing import LETTERS, Multiples, Strip, lanes, lanes_legend, letter_mark, multi, pairbar
from cpc.web.charts.effects import Effect, effect_legend, effect_mark
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, LegendItem, View
from cpc.web.charts.lines import line_chart
from cpc.web.charts.locator import Locator, locator
from cpc.web.charts.placed import Placing, placed, placed_legend
from cpc.web.charts.positions import Doubt, Position, drivers, position
from cpc.web.charts.robust import Room, room_mark, tornado
from cpc.web.charts.row_marks import (
    Branch,
    axis_bar,
    bounds,
    chance_bar,
    profile,
    rank_interval,
    reach_mark,
    swing,
    whisk,
    width_bar,
)
from cpc.web.charts.scale import round_ends
from cpc.web.charts.scatter import Dot, front, leading, scatter, scatter_of_first
from cpc.web.charts.series import Series
from cpc.web.charts.shapes import shape_key
from cpc.web.charts.slope import Slope, slope
from cpc.web.charts.spending import Course, spending_chart
from cpc.web.charts.strip import pool_strip
from cpc.web.charts.svg import Svg
from cpc.web.charts.terms import Term, gantt, term_bar
from cpc.web.charts.tiers import SPECIAL, tier_strip
from cpc.web.charts.weight_ranks import WeightRank, weight_ranks
from cpc.web.charts.weights import weight_dots, weight_marks
from cpc.web.charts.worldmap import Area, worldmap

__all__ = [
    "LETTERS",
    "SPECIAL",
    "Activity",
    "Area",
    "Around",
    "AroundValue",
    "Branch",
    "Chart",
    "ChartColumn",
    "ChartTable",
    "Course",
    "Dot",
    "Doubt",
    "Effect",
    "LegendItem",
    "Locator",
    "Money",
    "Multiples",
    "Placing",
    "Position",
    "Room",
    "Series",
    "Slope",
    "Spread",
    "Strip",
    "Svg",
    "Term",
    "View",
    "WeightRank",
    "activity_gantt",
    "around",
    "around_legend",
    "axis_bar",
    "bounds",
    "bullet",
    "bullet_legend",
    "chance_bar",
    "chance_step",
    "drivers",
    "effect_legend",
    "effect_mark",
    "front",
    "gantt",
    "lanes",
    "lanes_legend",
    "leading",
    "letter_mark",
    "line_chart",
    "locator",
    "money_card",
    "money_figure",
    "money_legend",
    "money_row",
    "multi",
    "pairbar",
    "part_bar",
    "placed",
    "placed_legend",
    "pool_strip",
    "position",
    "profile",
    "rank_interval",
    "reach_mark",
    "room_mark",
    "round_ends",
    "scatter",
    "scatter_of_first",
    "shape_key",
    "slope",
    "spending_chart",
    "swing",
    "term_bar",
    "tier_strip",
    "tornado",
    "weight_dots",
    "weight_marks",
    "weight_ranks",
    "whisk",
    "width_bar",
    "worldmap",
]
