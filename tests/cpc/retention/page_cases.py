"""Page cases for the retention room."""

from __future__ import annotations

from tests.cpc import records
from tests.support.page_cases import ADDS, ADMINISTRATOR, BOTH, ONCE, Look, PageCase, refused

CASES = (
    PageCase("retention", Look("retention", roles=ADMINISTRATOR, states=BOTH)),
    PageCase(
        "hold-issue",
        Look("hold-issue", roles=ADMINISTRATOR),
        refused("hold-issue", "Issue the hold", roles=ADMINISTRATOR),
        second_writer=ADDS,
    ),
    PageCase(
        "hold-lift",
        Look("hold-lift", lambda scene: {"pk": scene.holds[0].pk}, ADMINISTRATOR),
        Look("hold-lift-own", lambda scene: {"pk": scene.holds[1].pk}, ADMINISTRATOR),
        Look("hold-lift-again", lambda scene: {"pk": scene.holds[2].pk}, ADMINISTRATOR),
        url=records.hold_of_another,
        second_writer=ONCE,
    ),
)
