"""URLs of the pages of observations."""

from cpc.web.pages import Page
from indicators.observations.views import sources, unpublished, values

PAGES = [
    Page("", sources.sources, "sources", header=("Data", 50)),
    Page("sources/<slug:key>/", sources.source, "source"),
    Page("sources/<slug:key>/not-published/", unpublished.RecordUnpublished, "unpublished-edition-new"),
    Page("not-published/<int:pk>/withdraw/", unpublished.WithdrawUnpublished, "unpublished-edition-withdraw"),
    Page("indicators/<str:code>/", values.indicator, "indicator"),
    Page("observations/<int:pk>/", values.observation, "observation"),
]
