"""App configuration."""

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "cpc.recovery"
    label = "recovery"
