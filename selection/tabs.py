"""Tabs of the pages on choosing countries. Other apps may add pages among them."""

from cpc.web.pages import TabRow

CHOOSING = TabRow(
    "choosing countries",
    (
        "Ranking",
        "What if",
        "Compare",
        "How sure",
        "Backtest",
        "Outcomes",
        "Model versions",
        "The pool",
        "Runs",
        "Method",
    ),
)
"""The tab of the outcomes belongs to the partnerships."""
