from cpc.web.pages import Page
from partnerships.tabs import TABS
from partnerships.year_results import views

OF_ASSESSMENT = "<int:pk>/results/<int:year>/assessment/"

PAGES = [
    Page("<int:pk>/results/", views.results, "partnership-results", tab=TABS("Results")),
    Page(
        "<int:pk>/results/<int:year>/offices/<int:office>/account/",
        views.RecordOfficeAccount,
        "partnership-account-office",
    ),
    Page("<int:pk>/results/reports/<int:report>/account/", views.RecordAccount, "partnership-account"),
    Page(OF_ASSESSMENT, views.WriteAssessment, "partnership-assessment"),
    Page(f"{OF_ASSESSMENT}step/<slug:name>/", views.TakeAssessmentStep, "partnership-assessment-step"),
]
