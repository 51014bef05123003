from cpc.web.pages import Page
from partnerships.tabs import TABS
from partnerships.visits import views

PAGES = [
    Page("<int:pk>/visits/", views.visits, "partnership-visits", tab=TABS("Results", page="Visits and findings")),
    Page("<int:pk>/visits/new/", views.RecordVisit, "partnership-visit-new"),
    Page("<int:pk>/visits/<int:check>/", views.visit, "partnership-visit"),
    Page("<int:pk>/visits/<int:check>/edit/", views.EditVisit, "partnership-visit-edit"),
    Page("<int:pk>/visits/<int:check>/findings/new/", views.AddFinding, "partnership-finding-new"),
    Page("<int:pk>/findings/<int:finding>/", views.finding, "partnership-finding"),
    Page("<int:pk>/findings/<int:finding>/edit/", views.EditFinding, "partnership-finding-edit"),
    Page("<int:pk>/findings/<int:finding>/step/<slug:name>/", views.TakeFindingStep, "partnership-finding-step"),
]
