"""URLs of the pages of observations."""

from cpc.web.pages import Page
from indicators.observations.views import sources, values

PAGES = [
    Page("", sources.sources, "sources", header=("Data", 50)),
    Page("sources/<slug:key>/", sources.source, "source"),
    Page("indicators/<str:code>/", values.indicator, "indicator"),
    Page("observations/<int:pk>/", values.observation, "observation"),
]
