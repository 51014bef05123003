"""App configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "cpc.site"

    def ready(self) -> None:
        """Register the home page in the header and the REST interface in the footer."""
        from cpc.accounts.permissions import Permission
        from cpc.web.navigation import NavItem, register, register_footer

        register(NavItem("Home", "home", Permission.USE_PAGES, order=10))
        register_footer(NavItem("REST interface", "api-documentation", Permission.USE_API, order=80))
