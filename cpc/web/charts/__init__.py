"""Pictures of figures, drawn on the server as SVG: pure functions from values to markup, without Django."""

from cpc.web.charts.activities import Activity, activity_gantt
from cpc.web.charts.amounts import Money, bullet, bullet_legend, money_card, money_figure, money_legend, money_row
from cpc.web.charts.columns import columns_chart
from cpc.web.charts.figure import Chart, Column, LegendItem, Table
from cpc.web.charts.lines import line_chart
from cpc.web.charts.pairs import Pair, paired_columns
from cpc.web.charts.ranking import SHADES, Branch, Part, profile, rank_bar, rank_bar_legend, rank_interval
from cpc.web.charts.scatter import Place, front, scatter
from cpc.web.charts.series import Series
from cpc.web.charts.strip import pool_strip, strip
from cpc.web.charts.svg import Svg
from cpc.web.charts.terms import Term, gantt, term_bar, term_legend
from cpc.web.charts.tiers import SPECIAL, TIERS, tier_strip

__all__ = [
    "SHADES",
    "SPECIAL",
    "TIERS",
    "Activity",
    "Branch",
    "Chart",
    "Column",
    "LegendItem",
    "Money",
    "Pair",
    "Part",
    "Place",
    "Series",
    "Svg",
    "Table",
    "Term",
    "activity_gantt",
    "bullet",
    "bullet_legend",
    "columns_chart",
    "front",
    "gantt",
    "line_chart",
    "money_card",
    "money_figure",
    "money_legend",
    "money_row",
    "paired_columns",
    "pool_strip",
    "profile",
    "rank_bar",
    "rank_bar_legend",
    "rank_interval",
    "scatter",
    "strip",
    "term_bar",
    "term_legend",
    "tier_strip",
]
