"""Action pages: one form that performs one action exactly once.

    class RecordContribution(PartnershipAction):  # loads the partnership, knows its breadcrumbs
        permission = Permission.RECORD_MONEY
        form_class = ContributionForm
        heading = "Record a contribution"
        button = "Record the contribution"
        done = "The contribution is on record."
        back = "partnership-money#contributions"

        def perform(self, values: Mapping[str, Any]) -> None:
            services.record_contribution(partnership=self.partnership, actor=self.actor, **values)

The room's `pages.py` lists the class (see cpc/web/pages.py). If a heading depends on a record, `load` sets it on
`self`. A page that only reads is a plain function; a button of another page is a `ButtonAction` of cpc.web.buttons.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods
from django.views.generic import View

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.sign_ins import resume
from cpc.api.run_once import key_field, run_once
from cpc.database.revisions import REVISION
from cpc.finding_targets import RecordKeys
from cpc.findings import Finding, Severity, errors
from cpc.parameters import check_parameters
from cpc.web import formats

ALREADY_DONE = "This had been recorded already; nothing was added."
HIDDEN_FIELDS = frozenset({"idempotency_key", REVISION})
SHOWN = ("form", "stylesheet", "kicker", "heading", "intro", "button", "also", "consequence", "leave", "back_url")

Breadcrumbs = Sequence[tuple[str, str]]
"""Label and URL of each page above this one."""

Page = Callable[..., HttpResponseBase]


def unsent_data(request: HttpRequest) -> QueryDict | None:
    """Return what the person typed into the form of this page before their session ended; None if nothing is unsent."""
    unsent: QueryDict | None = getattr(request, "unsent_data", None)
    if unsent is not None:
        # The page fills in this form itself; the script does the others.
        rows = [row for row in request.unsent_for_script if row["action"] != request.get_full_path()]  # type: ignore[attr-defined]  # ours
        request.unsent_for_script = rows  # type: ignore[attr-defined]  # ours
    return unsent


class ShownErrors(ErrorList):
    """Errors as people read them: days and dollars as pages print them. `as_data` keeps those of the service."""

    def __getitem__(self, i: Any) -> Any:
        """Return the text of an error."""
        return formats.as_shown(str(super().__getitem__(i)))


class ActionForm(forms.Form):
    """A form that is performed once; `error_fields` gives the field for each error code of the service."""

    use_required_attribute = False
    error_fields: Mapping[str, str] = {}
    parts: Sequence[Any] = ()
    """The forms of a `cpc.web.form_groups.FormGroup`; every other form has none."""

    idempotency_key = key_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"error_class": ShownErrors} | options)

    @property
    def key(self) -> uuid.UUID:
        return cast(uuid.UUID, self.cleaned_data["idempotency_key"])

    @property
    def values(self) -> dict[str, Any]:
        """Return the values for `perform`. Call this on a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN_FIELDS}

    @property
    def has_errors(self) -> bool:
        return bool(self.errors)

    @property
    def is_revisioned(self) -> bool:
        """Return whether the form carries the revision of a record."""
        return REVISION in self.fields

    def add_service_errors(self, error: ValidationError) -> None:
        """Show each error at its field or the one that its code names (see `error_fields`), else above the form."""
        named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
        for name, errors_of_field in named.items():
            for error_at_field in errors_of_field:
                candidates = (name, self.error_fields.get(error_at_field.code or "", ""), error_at_field.code or "")
                self.add_error(next((field for field in candidates if field in self.fields), None), error_at_field)

    def replace_data(self, **values: str) -> None:
        """Replace the submitted values of these fields; the other fields are unchanged."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name, value in values.items():
            data[self.add_prefix(name)] = value
        self.data = data

    def show_conflict(self, fresh: ActionForm) -> None:
        """Show changes that others saved meanwhile; `fresh` is this form as it would be opened now."""


class ActionView(View):
    """A page with a form; a valid POST performs the action exactly once and redirects.

    Errors of the service are shown in the form, with the submitted values, as a 422. Permission and unknown query
    parameters are checked first. The rules are in the service, which rejects a POST even if this page has no button.
    """

    http_method_names = ["get", "head", "post"]
    permission: ClassVar[Permission]
    parameters: Collection[str] = ()
    form_class: type[ActionForm] = ActionForm
    template_name = "components/action.html"
    stylesheet = ""
    heading = button = done = intro = kicker = ""
    here = ""  # the last of the breadcrumbs, if it isn't the heading
    also: tuple[str, str] | None = None  # a second button, which does more: value and label, see `then`
    leave = "Leave"
    consequence = "Nothing was saved."  # above the errors of the form
    already_done = ALREADY_DONE
    unchanged = ""  # `perform` sets it if there was nothing to do: shown instead of `done`
    needs_change = ""  # the error of a form that edits a record and is sent as it was opened; without it, that passes
    back = ""  # the page to go back to: the name of its URL, and perhaps "#fragment"
    form: ActionForm

    def perform(self, values: Mapping[str, Any]) -> str | None:
        """Perform the action, and return the next URL if it is not `back_url`. `self.form` is the valid form."""
        raise NotImplementedError

    def load(self) -> None:
        """Load the records that `self.kwargs` names, and the texts that depend on them. Raises `Http404`."""

    def redirect_reason(self) -> str:
        """Return why this page is of no use now; the visitor is led back with that message."""
        return ""

    def blocked_reason(self) -> str:
        """Return why this account can't perform the action; the page then has no button."""
        return ""

    def show_conflict(self) -> None:
        """After an error, show what others saved since the page was opened, and let the next submission pass."""
        if self.form.is_revisioned:
            self.form.show_conflict(self.get_fresh_form())

    def facts(self) -> Sequence[tuple[str, Any]]:
        """Return the facts above the form, as label and value."""
        return ()

    def findings(self) -> Sequence[Finding]:
        """Return the findings of the service, shown before the action is tried."""
        return ()

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def back_arguments(self) -> Sequence[Any]:
        """Return the arguments of the URL that `back` names."""
        return ()

    def record_keys(self) -> RecordKeys:
        """Return the records that this page is about, for the links from its findings (`cpc.finding_targets`)."""
        return {}

    def breadcrumbs(self) -> Breadcrumbs:
        return ()

    def title(self) -> str:
        return self.heading

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        """Redirect with a message about the outcome; `is_new` is false if the key had been used before."""
        if self.unchanged or not is_new:
            messages.info(self.request, self.unchanged or self.already_done)
        elif self.done:
            messages.success(self.request, self.done)
        return redirect(url)

    @classmethod
    def guard(cls, view: Page) -> Page:
        """Return the page as only an account with the permission may open it."""
        return requires(cls.permission)(view)

    def get_context(self) -> dict[str, Any]:
        findings = self.findings()
        return {name: getattr(self, name) for name in SHOWN} | {
            "title": self.title(),
            "here": self.here or self.heading,
            "breadcrumbs": self.breadcrumbs(),
            "record_keys": self.record_keys(),
            "facts": self.facts(),
            "blocked_reason": self.blocked_reason(),
            "blocking_findings": [] if self.form.is_bound else errors(findings),  # the form shows them after an attempt
            "other_findings": [finding for finding in findings if finding.severity is not Severity.ERROR],
        }

    @property
    def actor(self) -> User:
        return user_of(self.request)

    @cached_property
    def today(self) -> date:
        return timezone.now().date()

    @property
    def then(self) -> str:
        """Return the value of the second button if it was pressed, else ""."""
        return self.request.POST.get("then", "")

    @property
    def back_url(self) -> str:
        name, mark, fragment = self.back.partition("#")
        return reverse(name, args=self.back_arguments()) + mark + fragment

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Page:
        methods = [name.upper() for name in cls.http_method_names]
        return require_http_methods(methods)(cls.guard(super().as_view(**initkwargs)))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_parameters(request, self.parameters)
        self.load()
        if reason := self.redirect_reason():
            messages.info(request, reason)
            return redirect(self.back_url)
        self.form = self.get_form()
        return super().dispatch(request, *args, **kwargs)

    def get_form(self) -> ActionForm:
        sent: dict[str, Any] = {}
        if self.request.method == "POST":
            sent = {"data": self.request.POST, "files": self.request.FILES}
        elif (entries := resume(self.request)) is not None:
            sent = {"data": entries}  # sent before its author had to confirm who they are; not sent again by itself
        elif (unsent := unsent_data(self.request)) is not None:
            sent = {"data": unsent, "files": {}}
        return self.form_class(**sent, initial=self.get_initial(), **self.form_arguments())

    def get_fresh_form(self) -> ActionForm:
        """Load the records again, and return the form as it would be opened now."""
        self.load()
        return self.form_class(initial=self.get_initial(), **self.form_arguments())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def run(self) -> tuple[str, bool]:
        """Perform the action unless its key was used before; return the next URL, and whether it was performed now."""
        form = self.form
        if "idempotency_key" not in form.fields:  # a button: cpc.web.buttons
            return self._perform_changed(), True
        return run_once(self.actor, form.key, self.request.path, self._perform_changed)

    def _perform_changed(self) -> str:
        if self.needs_change and HIDDEN_FIELDS.issuperset(self.form.changed_data):
            raise ValidationError(self.needs_change, code="no_change")
        return self.perform(self.form.values) or self.back_url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.form.is_valid():
            try:
                outcome = self.run()
            except ValidationError as error:
                self.form.add_service_errors(error)
                self.show_conflict()
            else:
                return self.respond(*outcome)
        return self.render()

    def render(self) -> HttpResponse:
        is_refused = self.form.has_errors and unsent_data(self.request) is None
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
        return render(self.request, self.template_name, self.get_context(), status=status)
