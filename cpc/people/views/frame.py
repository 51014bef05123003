"""The frame of the pages of people and agencies: breadcrumbs, and forms about a row with a history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.people.audited_people import changes_since, current_revision, history
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs


class PeopleAction(ActionView):
    """An action on people or agencies.

    `above` returns the breadcrumbs between "People" and this page.
    """

    permission = Permission.MANAGE_PEOPLE

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("People", reverse("people")), *self.above()]

    def above(self) -> Breadcrumbs:
        """Return the pages between "People" and this one."""
        return ()


class EditAction(PeopleAction):
    """The page of an account or agency with the form to change it.

    After an edit conflict, the user sees what changed meanwhile, and the form still has what they typed.
    """

    row: User | Agency
    expected: str | None = None  # the revision that the sender saw

    def values(self) -> dict[str, Any]:
        """Return the current values of the row, by field of the form."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return self.values() | {"revision": current_revision(self.row)}

    def get_form(self) -> ActionForm:
        form = super().get_form()
        if form.is_bound:
            self.expected = str(form.data.get("revision", ""))
            form.replace_data(revision=current_revision(self.row))
        return form

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "entries": history(self.row),
            "meanwhile": changes_since(self.row, self.expected),
        }
