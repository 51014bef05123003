"""Page cases for the ranking room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, RANKING, REVIEWER, SAME, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "ranking",
        looks=(
            Look("404-hidden", REVIEWER, ALL_ERRORS, status=404),
            Look("ranking", RANKING, BOTH),
            Look("ranking-all", VIEWER, query="?show=all"),
            Look("ranking-map", VIEWER, query="?view=map"),
            Look("ranking-chart", VIEWER, query="?view=chart"),
            Look("ranking-columns", VIEWER, query="?columns=p20&columns=income&columns=holds&columns=tier"),
            Look("ranking-group-of-none", VIEWER, query="?group=in"),
            Look("ranking-provisional", VIEWER, query="?tab=provisional"),
            Look("ranking-outside", VIEWER, query="?tab=outside&show=all"),
            Look("ranking-not-rankable", VIEWER, query="?tab=not-rankable"),
            Look("ranking-open", VIEWER, query="?group=open&region=Africa"),
            Look("ranking-one", VIEWER, query="?q=ghana"),
            Look("ranking-nothing", VIEWER, query="?q=nowhere&group=in"),
            Look("ranking-filtered", VIEWER, query="?income=LM&tier=Tier+2&sort=-need"),
            Look("ranking-earlier-run", VIEWER, query="?run=1"),
            Look("ranking-refused", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
        ),
    ),
    PageCase("ranking-compute", second_writer=SAME),
    PageCase("api:ranking", url=lambda world: {"run": world.run.pk}),
    PageCase("api:country-score", url=lambda world: {"run": world.run.pk, "code": "GHA"}),
)
