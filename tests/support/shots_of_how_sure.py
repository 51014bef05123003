"""The page about how sure an order is in each of its states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, BOTH, VIEWER, Listed, unfold

HOW_SURE: Sequence[Listed] = (
    Listed("how-sure", "how-sure", (Role.ANALYST, Role.VIEWER), BOTH),
    Listed("how-sure-all", "how-sure", VIEWER, query="?show=all"),
    Listed("how-sure-ends", "how-sure", VIEWER, acts=(unfold("Who enters and leaves at each end"),)),
    Listed("how-sure-earlier-run", "how-sure", VIEWER, query="?run=1"),
    Listed("how-sure-refused", "how-sure", VIEWER, ALL_ERRORS, query="?show=some", status=400),
)
