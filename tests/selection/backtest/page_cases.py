"""Page cases for the backtest room."""

from __future__ import annotations

from tests.support.page_cases import BOTH, RANKING, SAME, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "backtest",
        Look("backtest", roles=RANKING, states=BOTH),
        Look("backtest-of-the-first-run", roles=VIEWER, query="?run=1"),
        Look("backtest-not-computed", roles=RANKING, query="?run={scene.runs[1].pk}"),
    ),
    PageCase("backtest-compute", second_writer=SAME),
)
