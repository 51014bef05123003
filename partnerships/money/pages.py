from cpc.web.pages import Page
from partnerships.money import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/money/", views.money, "partnership-money", tab=TABS("Money")),
    Page("<int:pk>/money/awards/", views.awards, "partnership-awards"),
    Page("<int:pk>/money/contributions/", views.contributions, "partnership-contributions"),
    Page("<int:pk>/money/contributions/new/", views.RecordContribution, "partnership-contribution-new"),
    Page(
        "<int:pk>/money/contributions/<int:row>/replace/", views.ReplaceContribution, "partnership-contribution-replace"
    ),
    Page("<int:pk>/money/notifications/new/", views.RecordNotification, "partnership-notification-new"),
    Page(
        "<int:pk>/money/notifications/<int:row>/replace/", views.ReplaceNotification, "partnership-notification-replace"
    ),
    Page("<int:pk>/money/exemptions/new/", views.ExemptFromNotification, "partnership-exemption-new"),
]
