"""Page cases for the observations room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, ANALYST, BOTH, IMPORTING, VIEWER, Arguments, Look, PageCase

CPI: Arguments = lambda scene: {"code": "cpi.score"}  # noqa: E731  # a table of short functions


CASES = (
    PageCase("sources", looks=(Look("sources", IMPORTING, BOTH),)),
    PageCase(
        "source",
        url=lambda world: {"key": "cpi"},
        looks=(
            Look("source", IMPORTING, BOTH, lambda scene: {"key": "cpi"}),
            Look("source-many-indicators", VIEWER, arguments=lambda scene: {"key": "world_factbook"}),
            Look("source-tip", ANALYST, arguments=lambda scene: {"key": "tip"}),
            Look("source-not-loaded", ANALYST, arguments=lambda scene: {"key": "mcc"}),
            Look("source-programs", ANALYST, BOTH, lambda scene: {"key": "usg_programs"}),
        ),
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
