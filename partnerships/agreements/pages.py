from cpc.web.pages import Page
from partnerships.agreements import views

PAGES = [
    Page("new/", views.OpenPartnership, "partnership-new"),
    Page("<int:pk>/edit/", views.EditPartnership, "partnership-edit"),
    Page("<int:pk>/origin/confirm/", views.ConfirmOrigin, "partnership-origin-confirm"),
]
