"""Page cases of the page on which a narrative is read and confirmed."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import IMPORTING, VIEWER, Look, PageCase, TwoWriters

CASES = (
    PageCase(
        "narrative",
        Look("narrative", lambda s: {"pk": s.narratives[0].pk}),
        Look("narrative-read", lambda s: {"pk": s.narratives[0].pk}, VIEWER),
        Look("narrative-reviewed", lambda s: {"pk": s.narratives[-1].pk}, IMPORTING),
        url=lambda world: {"pk": world.narrative.pk},
        second_writer=TwoWriters(
            Role.ANALYST,
            {"figure_investigations": ("5", "7")},
            {"sentence_investigations": "A sentence made up for the tests."},
        ),
    ),
)
