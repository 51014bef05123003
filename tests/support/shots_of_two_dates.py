"""The page of two rankings side by side in each of its states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, ANALYST, BOTH, RANKING, VIEWER, Listed

TWO_DATES: Sequence[Listed] = (
    Listed("two-dates", "runs-compare", VIEWER, BOTH),
    Listed("two-dates-not-computed", "runs-compare", RANKING, query="?on=2019-12-31"),
    Listed("two-dates-to-compute", "run-as-known", (Role.ANALYST,), query="?on=2019-12-31"),
    Listed("two-dates-refused", "runs-compare", ANALYST, ALL_ERRORS, query="?on=2999-01-01&other=99", status=400),
)
