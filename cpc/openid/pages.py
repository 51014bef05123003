"""URLs of signing in through a provider."""

from cpc.openid import views
from cpc.web.pages import Page

VISITORS = "open to visitors"

PAGES = [
    Page("account/department/", views.own, "department-account"),
    Page("account/department/signed-out/", views.signed_out, "openid-signed-out", no_permission=VISITORS),
    Page("account/department/<int:pk>/end/", views.Disconnect, "openid-disconnect"),
    Page("account/department/<slug:provider>/", views.start, "openid-start", no_permission=VISITORS),
    Page("account/department/<slug:provider>/answer/", views.answer, "openid-answer", no_permission=VISITORS),
]
