from cpc.web.pages import Page
from partnerships.portfolio.views import overview, portfolio

PAGES = [
    Page("", portfolio.portfolio, "partnerships", header=("Partnerships", 40)),
    Page("<int:pk>/", overview.overview, "partnership"),
]
