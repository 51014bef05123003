"""App configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cpc.web"

    def ready(self) -> None:
        """Register the kernel's own place, and refuse hidden characters in every text that people write."""
        from cpc import typed
        from cpc.accounts.permissions import Permission
        from cpc.web.navigation import NavItem, register

        register(NavItem("Home", "home", Permission.USE_PAGES, order=10))
        typed.guard_models()
