"""Page cases for the how sure room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import ALL_ERRORS, BOTH, VIEWER, Look, PageCase, unfold

CASES = (
    PageCase(
        "how-sure",
        looks=(
            Look("how-sure", (Role.ANALYST, Role.VIEWER), BOTH),
            Look("how-sure-all", VIEWER, query="?show=all"),
            Look("how-sure-ends", VIEWER, actions=(unfold("Who enters and leaves at each end"),)),
            Look("how-sure-earlier-run", VIEWER, query="?run=1"),
            Look("how-sure-refused", VIEWER, ALL_ERRORS, query="?show=some", status=400),
        ),
    ),
)
