from cpc.web.pages import Page
from partnerships.portfolio import views

PAGES = [
    Page("", views.portfolio, "partnerships", header=("Partnerships", 40)),
    Page("<int:pk>/", views.overview, "partnership"),
]
