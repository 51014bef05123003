from cpc.web.pages import Page
from partnerships.sustainability import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/outlook/", views.outlook, "partnership-outlook", tab=TABS("Terms", page="Sustainability and risks")),
    Page("<int:pk>/outlook/<slug:kind>/new/", views.AddEntry, "partnership-outlook-new"),
    Page("<int:pk>/outlook/<slug:kind>/<int:entry>/edit/", views.EditEntry, "partnership-outlook-edit"),
]
