from cpc.web.pages import Page
from partnerships.page_frame import TABS
from partnerships.sustainability import views

PAGES = [
    Page("<int:pk>/outlook/", views.outlook, "partnership-outlook", tab=TABS("Sustainability and risks")),
    Page("<int:pk>/outlook/<slug:kind>/new/", views.AddEntry, "partnership-outlook-new"),
    Page("<int:pk>/outlook/<slug:kind>/<int:entry>/edit/", views.EditEntry, "partnership-outlook-edit"),
]
