from cpc.web.pages import Page
from partnerships.tabs import TABS
from partnerships.terms import views

PAGES = [
    Page("<int:pk>/terms/", views.terms, "partnership-terms", tab=TABS("Terms")),
    Page("<int:pk>/terms/amounts/", views.SetAmounts, "partnership-amounts"),
    Page("<int:pk>/terms/plans/take/", views.TakePlanIntoAccount, "partnership-plan-take"),
    Page("<int:pk>/terms/plans/new/", views.RecordPlan, "partnership-plan-new"),
    Page("<int:pk>/terms/plans/<int:row>/leave/", views.LeavePlanOut, "partnership-plan-leave"),
    Page("<int:pk>/terms/<slug:kind>/new/", views.AddTerm, "partnership-term-new"),
    Page("<int:pk>/terms/<slug:kind>/<int:row>/", views.EditTerm, "partnership-term"),
    Page("<int:pk>/terms/<slug:kind>/<int:row>/remove/", views.RemoveTerm, "partnership-term-remove"),
]
