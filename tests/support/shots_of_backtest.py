"""The page of the backtest in each of its states."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.listed import BOTH, RANKING, VIEWER, Listed

BACKTEST: Sequence[Listed] = (
    Listed("backtest", "backtest", RANKING, BOTH),
    Listed("backtest-of-the-first-run", "backtest", VIEWER, query="?run=1"),
    Listed("backtest-not-computed", "backtest", RANKING, query="?run={scene.runs[1].pk}"),
)
