from cpc.web.pages import Page
from partnerships.page_frame import TABS
from partnerships.status.views import determinations, steps

PAGES = [
    Page("<int:pk>/step/<slug:name>/", steps.TakeStep, "partnership-step"),
    Page(
        "<int:pk>/determinations/",
        determinations.determinations,
        "partnership-determinations",
        tab=TABS("Determinations"),
    ),
    Page(
        "<int:pk>/determinations/new/<slug:kind>/", determinations.RecordDetermination, "partnership-determination-new"
    ),
    Page(
        "<int:pk>/determinations/<int:determination>/corrections/new/",
        determinations.OpenCorrection,
        "partnership-correction-new",
    ),
    Page(
        "<int:pk>/corrections/<int:correction>/close/", determinations.CloseCorrection, "partnership-correction-close"
    ),
]
