"""The page that compares countries in each of its states."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.listed import ALL_ERRORS, BOTH, RANKING, VIEWER, Listed

COMPARING: Sequence[Listed] = (
    Listed("compare", "compare-countries", RANKING, BOTH, query="?c=NGA&c=MDG&c=GHA&c=PHL"),
    Listed("compare-two", "compare-countries", VIEWER, query="?c=GHA&c=SEN"),
    Listed("compare-of-every-kind", "compare-countries", VIEWER, query="?c=BTN&c=GHA&c=FSM&c=SAU&c=CIV"),
    Listed("compare-one", "compare-countries", VIEWER, query="?c=GHA"),
    Listed("compare-none", "compare-countries", VIEWER),
    Listed("compare-earlier-run", "compare-countries", VIEWER, query="?c=GHA&c=SEN&run=1"),
    Listed("compare-refused", "compare-countries", VIEWER, ALL_ERRORS, query="?c=ATL", status=400),
)
