"""URLs of the pages of updates."""

from cpc.web.pages import Page
from indicators.updates import calendar_views, views

PAGES = [
    Page("calendar/", calendar_views.calendar, "calendar"),
    Page("calendar/editions.ics", calendar_views.calendar_download, "calendar-file"),
    Page("updates/", views.Updates, "updates"),
    Page("updates/<int:pk>/", views.update_page, "update"),
    Page("updates/<int:pk>/add/", views.AddFiles, "update-add"),
    Page("updates/<int:pk>/effect/", views.ShowEffect, "update-effect"),
    Page("updates/<int:pk>/publish/", views.PublishTogether, "update-publish"),
    Page("updates/<int:pk>/discard/", views.DiscardAll, "update-discard"),
    Page("updates/<int:pk>/take-back/", views.TakeFilesBack, "update-take-back"),
    Page("updates/<int:pk>/issues/", views.update_issues, "update-issues"),
]
