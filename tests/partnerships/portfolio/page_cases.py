"""Page cases for the portfolio room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import outlived, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
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
        Look("partnerships", roles=RANKING, states=BOTH),
        Look("partnerships-shared-views", roles=(Role.APPROVER, Role.ADMINISTRATOR)),
        Look("partnerships-nothing", roles=VIEWER, query="?q=nowhere"),
        Look("partnerships-view", query="?saved={scene.views[office].view_id}"),
        Look("partnerships-refused", roles=VIEWER, states=ALL_ERRORS, query="?sort=size", status=400),
    ),
    PageCase(
        "partnership",
        Look("partnership-documented", own("documented"), VIEWER),
        Look("partnership-concerned", own("concerned"), VIEWER),
        Look("partnership-sample", own("sample"), OFFICE),
        Look("partnership-running", own("running"), OFFICE),
        Look("partnership-draft", own("draft"), OFFICE),
        Look("partnership-suspended", own("life"), APPROVER),
        Look("partnership-unconfirmed", own("bare"), APPROVER),
        Look("partnership-outlived", lambda scene: {"pk": outlived(scene)["pk"]}),
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
    ),
    PageCase("api:partnerships", second_writer=ADDS),
    PageCase("api:partnership", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-findings", url=records.a_partnership),
    PageCase("api:partnership-confirmation", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-transitions", url=records.a_partnership, second_writer=IF_MATCH),
)
