"""URLs of the pages of updates."""

from cpc.web.pages import Page
from indicators.updates.views import calendar, updates

PAGES = [
    Page("calendar/", calendar.calendar, "calendar"),
    Page("calendar/editions.ics", calendar.calendar_download, "calendar-file"),
    Page("updates/", updates.Updates, "updates"),
    Page("updates/<int:pk>/", updates.update_page, "update"),
    Page("updates/<int:pk>/add/", updates.AddFiles, "update-add"),
    Page("updates/<int:pk>/effect/", updates.ShowEffect, "update-effect"),
    Page("updates/<int:pk>/publish/", updates.PublishTogether, "update-publish"),
    Page("updates/<int:pk>/discard/", updates.DiscardAll, "update-discard"),
    Page("updates/<int:pk>/take-back/", updates.TakeFilesBack, "update-take-back"),
    Page("updates/<int:pk>/issues/", updates.update_issues, "update-issues"),
]
