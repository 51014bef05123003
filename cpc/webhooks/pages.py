"""URLs of webhooks."""

from cpc.web.pages import Page
from cpc.webhooks import views

PAGES = [
    Page("account/webhooks/", views.CreateWebhook, "webhooks"),
    Page("account/webhooks/all/", views.all_webhooks, "webhooks-all"),
    Page("account/webhooks/<int:pk>/", views.one, "webhook"),
    Page("account/webhooks/<int:pk>/secret/", views.RotateSecret, "webhook-secret"),
    Page("account/webhooks/<int:pk>/stop/", views.StopWebhook, "webhook-stop"),
    Page("account/webhooks/<int:pk>/start/", views.StartWebhook, "webhook-start"),
]
