"""Page cases for the backtest room."""

from __future__ import annotations

from tests.support.page_cases import BOTH, RANKING, SAME, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "backtest",
        looks=(
            Look("backtest", RANKING, BOTH),
            Look("backtest-of-the-first-run", VIEWER, query="?run=1"),
            Look("backtest-not-computed", RANKING, query="?run={scene.runs[1].pk}"),
        ),
    ),
    PageCase("backtest-compute", second_writer=SAME),
)
