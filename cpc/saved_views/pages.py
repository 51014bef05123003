"""URLs of saved views."""

from cpc.saved_views import views
from cpc.web.pages import Page

PAGES = [
    Page("views/", views.views, "saved-views", footer=("Saved views", 55)),
    Page("views/new/<slug:key>/", views.SaveView, "saved-view-new"),
    Page("views/<int:pk>/", views.one, "saved-view"),
    Page("views/<int:pk>/change/", views.ChangeView, "saved-view-change"),
    Page("views/<int:pk>/delete/", views.DeleteView, "saved-view-delete"),
    Page("views/decide/<int:pk>/", views.DecideView, "saved-view-decide"),
]
