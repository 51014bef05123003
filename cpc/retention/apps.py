"""App configuration."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "cpc.retention"
    label = "retention"

    def ready(self) -> None:
        from cpc.retention import kernel_classes

        kernel_classes.register()
