from cpc.web.pages import Page
from partnerships.funds import views

PAGES = [
    Page("funds/", views.funds, "funds", label="Funds"),
    Page("funds/new/", views.AddFund, "fund-new"),
    Page("funds/<int:fund>/", views.fund, "fund"),
    Page("funds/<int:fund>/edit/", views.EditFund, "fund-edit"),
]
