"""App configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "cpc.site"
