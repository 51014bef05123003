"""The frame of the pages of people and agencies: breadcrumbs, and forms about a row with a history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.database.revisions import REVISION
from cpc.people.audited_people import changes_since, current_revision, history
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.edit_conflicts import RevisionForm


class PeopleAction(ActionView):
    """An action on people or agencies.

    `above` returns the breadcrumbs between "People" and this page.
    """

    permission = Permission.MANAGE_PEOPLE

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("People", reverse("people")), *self.above()]

    def above(self) -> Breadcrumbs:
        return ()


class EditAction(PeopleAction):
    """The page of an account or agency with the form to change it.

    After an edit conflict, the user sees what changed meanwhile, and the form still has what they typed.
    """

    row: User | Agency
    form: RevisionForm

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return self.values() | {"revision": current_revision(self.row)}

    def get_context(self) -> dict[str, Any]:
        expected = self.form.cleaned_data.get(REVISION) if self.form.is_bound else None
        return super().get_context() | {
            "entries": history(self.row),
            "meanwhile": changes_since(self.row, expected),
        }
