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
    EVERYBODY,
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
    PageCase("sources", Look("sources", roles=EVERYBODY, states=BOTH)),
    PageCase(
        "source",
        Look("source", lambda scene: {"key": "cpi"}, IMPORTING, states=BOTH),
        Look("source-many-indicators", lambda scene: {"key": "world_factbook"}, VIEWER),
        Look("source-tip", lambda scene: {"key": "tip"}),
        Look("source-not-published", lambda scene: {"key": "ilab"}, IMPORTING),
        Look("source-not-loaded", lambda scene: {"key": "mcc"}),
        Look("source-programs", lambda scene: {"key": "usg_programs"}, states=BOTH),
        url=lambda world: {"key": "cpi"},
    ),
    PageCase(
        "unpublished-edition-new",
        Look("unpublished-edition-new", TIP, query="?edition=2026"),
        refused("unpublished-edition-new", "Record that it is not published", TIP),
        url=lambda world: {"key": "tip"},
        second_writer="one live statement an edition; the second learns who made it (test_pages_unpublished)",
    ),
    PageCase(
        "unpublished-edition-withdraw",
        Look("unpublished-edition-withdraw", _statement),
        refused("unpublished-edition-withdraw", "Withdraw the statement", _statement),
        url=records.unpublished,
        second_writer=SAME,
    ),
    PageCase(
        "indicator",
        Look("indicator", CPI, VIEWER, states=BOTH),
        Look("indicator-shared-views", CPI, ANALYST),
        Look("indicator-labels", lambda scene: {"code": "tip.tier"}, VIEWER),
        Look("indicator-money", lambda scene: {"code": "wb.gni_per_capita"}, VIEWER),
        Look("indicator-nothing", CPI, VIEWER, query="?q=nowhere"),
        Look("indicator-as-of", CPI, VIEWER, query="?as_of=10"),
        Look("indicator-before-it-was-known", CPI, VIEWER, query="?as_of=1"),
        Look("indicator-published-by", CPI, VIEWER, query="?published_by=2020-01-01"),
        Look("indicator-refused", CPI, VIEWER, states=ALL_ERRORS, query="?as_of=x", status=400),
        url=lambda world: {"code": "cpi.score"},
    ),
    PageCase(
        "observation",
        Look("observation", lambda s: {"pk": s.value("cpi.score", "GHA", "2025").pk}, VIEWER),
        Look("observation-label", lambda s: {"pk": s.value("tip.tier", "GHA", "2025").pk}, VIEWER),
        Look("observation-held", lambda s: {"pk": s.value("tip.tier", "GHA", "2009").pk}, IMPORTING),
        Look("observation-missing", lambda s: {"pk": s.missing().pk}, VIEWER),
        Look("observation-superseded", lambda s: {"pk": s.superseded().pk}, VIEWER),
        url=lambda world: {"pk": world.ghana.pk},
    ),
    PageCase("api:country", url=lambda world: {"code": "GHA"}),
    PageCase("api:source", url=lambda world: {"key": "cpi"}),
    PageCase("api:indicator", url=lambda world: {"code": "cpi.score"}),
    PageCase("api:observation", url=lambda world: {"pk": world.ghana.pk}),
)
