"""Page cases for the observations room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.models import UnpublishedEdition
from tests.indicators import records
from tests.support.page_cases import (
    ALL_ERRORS,
    ANALYST,
    BOTH,
    IMPORTING,
    SAME,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    refused,
)
from tests.worlds.demonstration import Scene

TIP: Arguments = lambda scene: {"key": "tip"}  # noqa: E731  # a table of short functions
CPI: Arguments = lambda scene: {"code": "cpi.score"}  # noqa: E731  # a table of short functions


def _statement(scene: Scene) -> Mapping[str, Any]:
    return {"pk": UnpublishedEdition.objects.live().get().pk}


CASES = (
    PageCase("sources", looks=(Look("sources", IMPORTING, BOTH),)),
    PageCase(
        "source",
        url=lambda world: {"key": "cpi"},
        looks=(
            Look("source", IMPORTING, BOTH, lambda scene: {"key": "cpi"}),
            Look("source-many-indicators", VIEWER, arguments=lambda scene: {"key": "world_factbook"}),
            Look("source-tip", ANALYST, arguments=lambda scene: {"key": "tip"}),
            Look("source-not-published", IMPORTING, arguments=lambda scene: {"key": "ilab"}),
            Look("source-not-loaded", ANALYST, arguments=lambda scene: {"key": "mcc"}),
            Look("source-programs", ANALYST, BOTH, lambda scene: {"key": "usg_programs"}),
        ),
    ),
    PageCase(
        "unpublished-edition-new",
        url=lambda world: {"key": "tip"},
        looks=(
            Look("unpublished-edition-new", ANALYST, arguments=TIP, query="?edition=2026"),
            refused("unpublished-edition-new", ANALYST, "Record that it is not published", TIP),
        ),
        second_writer="one live statement an edition; the second learns who made it (test_pages_unpublished)",
    ),
    PageCase(
        "unpublished-edition-withdraw",
        url=records.unpublished,
        looks=(
            Look("unpublished-edition-withdraw", ANALYST, arguments=_statement),
            refused("unpublished-edition-withdraw", ANALYST, "Withdraw the statement", _statement),
        ),
        second_writer=SAME,
    ),
    PageCase(
        "indicator",
        url=lambda world: {"code": "cpi.score"},
        looks=(
            Look("indicator", VIEWER, BOTH, CPI),
            Look("indicator-labels", VIEWER, arguments=lambda scene: {"code": "tip.tier"}),
            Look("indicator-money", VIEWER, arguments=lambda scene: {"code": "wb.gni_per_capita"}),
            Look("indicator-nothing", VIEWER, arguments=CPI, query="?q=nowhere"),
            Look("indicator-as-of", VIEWER, arguments=CPI, query="?as_of=10"),
            Look("indicator-before-it-was-known", VIEWER, arguments=CPI, query="?as_of=1"),
            Look("indicator-published-by", VIEWER, arguments=CPI, query="?published_by=2020-01-01"),
            Look("indicator-refused", VIEWER, ALL_ERRORS, CPI, query="?as_of=x", status=400),
        ),
    ),
    PageCase(
        "observation",
        url=lambda world: {"pk": world.ghana.pk},
        looks=(
            Look("observation", VIEWER, arguments=lambda s: {"pk": s.value("cpi.score", "GHA", "2025").pk}),
            Look("observation-label", VIEWER, arguments=lambda s: {"pk": s.value("tip.tier", "GHA", "2025").pk}),
            Look("observation-held", IMPORTING, arguments=lambda s: {"pk": s.value("tip.tier", "GHA", "2009").pk}),
            Look("observation-missing", VIEWER, arguments=lambda s: {"pk": s.missing().pk}),
            Look("observation-superseded", VIEWER, arguments=lambda s: {"pk": s.superseded().pk}),
        ),
    ),
    PageCase("api:country", url=lambda world: {"code": "GHA"}),
    PageCase("api:source", url=lambda world: {"key": "cpi"}),
    PageCase("api:indicator", url=lambda world: {"code": "cpi.score"}),
    PageCase("api:observation", url=lambda world: {"pk": world.ghana.pk}),
)
