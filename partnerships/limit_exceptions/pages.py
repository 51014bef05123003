from cpc.web.pages import Page
from partnerships.limit_exceptions import views
from partnerships.tabs import TABS

PAGES = [
    Page("limits/", views.policies, "limit-policies", label="Limits"),
    Page("limits/new/", views.ProposePolicy, "limit-policy-new"),
    Page("limits/<int:policy>/approve/", views.ApprovePolicy, "limit-policy-approve"),
    Page(
        "<int:pk>/exceptions/", views.exceptions, "partnership-exceptions", tab=TABS("Money", page="Limit exceptions")
    ),
    Page("<int:pk>/exceptions/new/", views.RequestException, "partnership-exception-new"),
    Page("<int:pk>/exceptions/<int:exception>/", views.DecideException, "partnership-exception"),
]
