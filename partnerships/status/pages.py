from cpc.web.pages import Page
from partnerships.status import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/step/<slug:name>/", views.TakeStep, "partnership-step"),
    Page("<int:pk>/steps/", views.TakeSteps, "partnership-steps"),
    Page(
        "<int:pk>/determinations/",
        views.determinations,
        "partnership-determinations",
        tab=TABS("History", page="Determinations"),
    ),
    Page("<int:pk>/determinations/new/<slug:kind>/", views.RecordDetermination, "partnership-determination-new"),
    Page(
        "<int:pk>/determinations/<int:determination>/corrections/new/",
        views.OpenCorrection,
        "partnership-correction-new",
    ),
    Page(
        "<int:pk>/determinations/<int:determination>/corrections/",
        views.OpenCorrections,
        "partnership-corrections-new",
    ),
    Page(
        "<int:pk>/determinations/<int:determination>/corrections/close/",
        views.CloseCorrections,
        "partnership-corrections-close",
    ),
    Page("<int:pk>/corrections/<int:correction>/close/", views.CloseCorrection, "partnership-correction-close"),
]
