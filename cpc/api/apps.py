"""App configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cpc.api"

    def ready(self) -> None:
        """Make the extensions of the schema known, and the documentation a place of the footer."""
        from cpc.accounts.permissions import Permission
        from cpc.api import schema  # noqa: F401  # drf-spectacular finds extensions once they are imported
        from cpc.web.navigation import NavItem, register_footer

        register_footer(NavItem("REST interface", "api-documentation", Permission.USE_API, order=80))
