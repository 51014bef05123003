from cpc.web.pages import Page
from partnerships.portfolio import views
from partnerships.tabs import TABS

PAGES = [
    Page("", views.portfolio, "partnerships", header=("Partnerships", 40)),
    Page("<int:pk>/", views.overview, "partnership", tab=TABS("Overview")),
]
