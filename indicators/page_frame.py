"""Base of the action pages on data: breadcrumbs and stylesheet."""

from __future__ import annotations

from django.urls import reverse

from cpc.web.actions import ActionView, Breadcrumbs


class DataAction(ActionView):
    """Base of an action on data. `above` gives the pages between "Data" and this one."""

    stylesheet = "css/indicators.css"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Data", reverse("sources")), *self.above()]

    def above(self) -> Breadcrumbs:
        return ()
