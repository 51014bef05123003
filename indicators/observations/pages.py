"""URLs of the pages of observations."""

from cpc.web.pages import Page
from indicators.observations import views

PAGES = [
    Page("", views.sources, "sources", header=("Data", 50)),
    Page("sources/<slug:key>/", views.source, "source"),
    Page("sources/<slug:key>/not-published/", views.RecordUnpublished, "unpublished-edition-new"),
    Page("not-published/<int:pk>/withdraw/", views.WithdrawUnpublished, "unpublished-edition-withdraw"),
    Page("indicators/<str:code>/", views.indicator, "indicator"),
    Page("observations/<int:pk>/", views.observation, "observation"),
]
