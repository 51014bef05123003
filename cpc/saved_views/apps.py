"""App configuration."""

from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "cpc.saved_views"
    label = "saved_views"
