from cpc.web.pages import Page
from partnerships.amendments import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/amendments/", views.amendments, "partnership-amendments", tab=TABS("Terms", page="Amendments")),
    Page("<int:pk>/amendments/new/", views.DraftAmendment, "partnership-amendment-new"),
    Page("<int:pk>/amendments/<int:number>/", views.amendment, "partnership-amendment"),
    Page(
        "<int:pk>/amendments/<int:number>/change/<slug:kind>/<int:row>/",
        views.ChangeTerm,
        "partnership-amendment-change",
    ),
    Page("<int:pk>/amendments/<int:number>/add/<slug:kind>/", views.AddToTerms, "partnership-amendment-add"),
    Page("<int:pk>/amendments/<int:number>/amounts/", views.ChangeAmounts, "partnership-amendment-amounts"),
    Page("<int:pk>/amendments/<int:number>/changes/<int:change>/out/", views.DropChange, "partnership-amendment-drop"),
    Page("<int:pk>/amendments/<int:number>/step/<slug:name>/", views.TakeAmendmentStep, "partnership-amendment-step"),
]
