"""Page cases for the ranking room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, OFFICE, REVIEWER, SAME, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "ranking",
        Look("404-hidden", roles=REVIEWER, states=ALL_ERRORS, status=404),
        Look("ranking", roles=OFFICE, states=BOTH),
        Look("ranking-all", roles=VIEWER, query="?show=all"),
        Look("ranking-map", roles=VIEWER, query="?view=map"),
        Look("ranking-chart", roles=VIEWER, query="?view=chart"),
        Look("ranking-columns", roles=VIEWER, query="?columns=p20&columns=income&columns=holds&columns=tier"),
        Look("ranking-group-of-none", roles=VIEWER, query="?group=in"),
        Look("ranking-provisional", roles=VIEWER, query="?tab=provisional"),
        Look("ranking-outside", roles=VIEWER, query="?tab=outside&show=all"),
        Look("ranking-not-rankable", roles=VIEWER, query="?tab=not-rankable"),
        Look("ranking-open", roles=VIEWER, query="?group=open&region=Africa"),
        Look("ranking-one", roles=VIEWER, query="?q=ghana"),
        Look("ranking-nothing", roles=VIEWER, query="?q=nowhere&group=in"),
        Look("ranking-filtered", roles=VIEWER, query="?income=LM&tier=Tier+2&sort=-need"),
        Look("ranking-earlier-run", roles=VIEWER, query="?run=1"),
        Look("ranking-refused", roles=VIEWER, states=ALL_ERRORS, query="?sort=size", status=400),
    ),
    PageCase("ranking-compute", second_writer=SAME),
    PageCase("api:ranking", url=lambda world: {"run": world.run.pk}),
    PageCase("api:country-score", url=lambda world: {"run": world.run.pk, "code": "GHA"}),
)
