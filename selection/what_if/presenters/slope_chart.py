"""The slope chart of the What if page: the list that it is compared with, and the list now."""

from __future__ import annotations

from cpc.web.charts import Chart, Slope, slope
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.ranked_list import country_address
from selection.what_if.presenters.sentences import COUNTS, say
from selection.what_if.queries.answers import AnsweredQuestion

LEAST_DRAWN = 3
"""Fewest ranked countries for which a slope is drawn."""


def ranks_in_slope(answered: AnsweredQuestion) -> int:
    return max(
        answered.first, min(round(1.3 * answered.first), max(len(answered.base.ranks), len(answered.shown.ranks)))
    )


def slope_chart(listing: QuestionListing) -> Chart | None:
    """Return both lists side by side; None if too few countries are ranked."""
    answered = listing.answered
    before, after = answered.base.ranks, answered.shown.ranks
    if len(after) < LEAST_DRAWN:
        return None
    top = ranks_in_slope(answered)
    codes = sorted({*before, *after}, key=lambda code: (after.get(code, len(after) + 1), before.get(code, 0)))
    rows = [Slope(answered.name(c), before.get(c), after.get(c), country_address(listing, c)) for c in codes]
    context = f"First {top} of both lists. Shaded: the first {answered.first}."
    columns = (answered.base.short, "Now")
    stay = say("stay", {key: getattr(answered.effect, key) for key in COUNTS})
    return slope("what-if", stay, context, columns, rows, first=answered.first, top=top)
