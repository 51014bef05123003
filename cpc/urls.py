"""URLs of the whole product: the only list that names every app."""

from django.urls import URLPattern, URLResolver, include, path

from cpc.api import views as api
from cpc.api.root import Root
from cpc.api_tokens import pages as api_tokens
from cpc.audit import pages as audit
from cpc.changes import api as changes_api
from cpc.identity import pages as identity
from cpc.notifications import pages as notifications
from cpc.openid import pages as openid
from cpc.people import pages as people
from cpc.retention import pages as retention
from cpc.saved_views import pages as saved_views
from cpc.search import api as search_api
from cpc.search import pages as search
from cpc.sessions import pages as sessions
from cpc.site import api as site_api
from cpc.site import pages as site
from cpc.web.pages import url_patterns
from cpc.webhooks import pages as webhooks

handler400 = "cpc.site.errors.bad_request"
handler403 = "cpc.site.errors.permission_denied"
handler404 = "cpc.site.errors.page_not_found"
handler429 = "cpc.site.errors.too_many_requests"
handler500 = "cpc.site.errors.server_error"

api_v1: list[URLPattern | URLResolver] = [
    path("", Root.as_view(), name="root"),
    path("schema/", api.Schema.as_view(), name="schema"),
    path("changes/", changes_api.Changes.as_view(), name="changes"),
    path("queue/", site_api.OwnQueue.as_view(), name="queue"),
    path("search/", search_api.Search.as_view(), name="search"),
    path("", include("indicators.api_urls")),
    path("", include("selection.api_urls")),
    path("", include("partnerships.office_api_urls")),
    path("partnerships/", include("partnerships.api_urls")),
    path("", include("partnerships.publication.api_urls")),
]

KERNEL = [
    *site.PAGES,
    *search.PAGES,
    *notifications.PAGES,
    *audit.PAGES,
    *people.PAGES,
    *sessions.PAGES,
    *identity.PAGES,
    *openid.PAGES,
    *api_tokens.PAGES,
    *saved_views.PAGES,
    *webhooks.PAGES,
    *retention.PAGES,
]

urlpatterns: list[URLPattern | URLResolver] = [
    *url_patterns(KERNEL),
    path("api/v1/", include((api_v1, "api"))),
    path("data/", include("indicators.urls")),
    path("", include("selection.urls")),
    path("partnerships/", include("partnerships.urls")),
]
