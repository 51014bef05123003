"""Page cases for the portfolio room."""

from __future__ import annotations

from tests.partnerships import records
from tests.partnerships.scenes import outlived, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    IF_MATCH,
    OFFICE,
    RANKING,
    VIEWER,
    Look,
    PageCase,
)

CASES = (
    PageCase(
        "partnerships",
        looks=(
            Look("partnerships", RANKING, BOTH),
            Look("partnerships-nothing", VIEWER, query="?q=nowhere"),
            Look("partnerships-refused", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
        ),
    ),
    PageCase(
        "partnership",
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
        looks=(
            Look("partnership-documented", VIEWER, arguments=own("documented")),
            Look("partnership-running", OFFICE, arguments=own("running")),
            Look("partnership-draft", OFFICE, arguments=own("draft")),
            Look("partnership-unconfirmed", APPROVER, arguments=own("bare")),
            Look("partnership-outlived", ANALYST, arguments=lambda scene: {"pk": outlived(scene)["pk"]}),
        ),
    ),
    PageCase("api:partnerships", second_writer=ADDS),
    PageCase("api:partnership", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-findings", url=records.a_partnership),
    PageCase("api:partnership-confirmation", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-transitions", url=records.a_partnership, second_writer=IF_MATCH),
)
