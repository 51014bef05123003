"""Actions behind a button of another page, which have no page of their own.

    class DiscardImport(ImportButton):  # loads the import, leads back to its page
        done = "Discarded. Nothing was published."

        def perform(self, values: Mapping[str, Any]) -> None:
            services.discard(batch_id=self.batch.pk, actor=self.actor)

The page has `<form method="post" action="{% url 'import-discard' batch.pk %}" data-once>` with a token and a button.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from cpc.web import formats
from cpc.web.actions import ActionForm, ActionView


class ButtonForm(ActionForm):
    """The fields behind a button, without a key: on a second press the service finds nothing left to do."""

    idempotency_key = None  # type: ignore[assignment]  # takes the field of the base away, as Django documents


class ButtonAction(ActionView):
    """An action that runs on POST and redirects back, with a message about the outcome or the service's error.

    The service has the transaction, and changes nothing if it is called twice.
    """

    http_method_names = ["post"]
    form_class: type[ActionForm] = ButtonForm
    invalid = "This button sent something unexpected. Reload the page."

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            return self.respond_invalid()
        try:
            url, is_new = self.run()
        except ValidationError as error:
            messages.error(request, formats.as_shown(" ".join(error.messages)))
            return redirect(self.back_url)
        return self.respond(url, is_new)

    def respond_invalid(self) -> HttpResponseBase:
        """Return a 400 for invalid fields, because the page and not the user fills them in."""
        raise BadRequest(self.invalid)
