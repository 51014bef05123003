"""Forms sent as a browser would send them: the values shown, with changed entries."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from cpc.accounts.models import User


def client_of(user: User) -> Client:
    """Return a client that is signed in as the user."""
    client = Client()
    client.force_login(user)
    return client


def filled_fields(client: Client, url: str, **values: Any) -> dict[str, Any]:
    """Return the filled fields of a page's form, replaced by `values` where given."""
    return filled_fields_of(client.get(url).context["form"]) | values


def filled_fields_of(form: Any) -> dict[str, Any]:
    """Return the filled fields of a form, as a browser would send them."""
    data = {name: form[name].value() for name in form.fields}
    for part in getattr(form, "parts", ()):
        data |= {part.form.add_prefix(name): part.form[name].value() for name in part.form.fields}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def send(client: Client, url: str, **values: Any) -> Any:
    """Open a page, fill in its form, and send it."""
    return client.post(url, filled_fields(client, url, **values))


def rejected_page(response: Any) -> str:
    """Return the page of a rejected form."""
    assert response.status_code == 422, response.status_code
    html: str = response.content.decode()
    assert "Nothing was saved." in html
    return html


def page_text(response: Any) -> str:
    """Return the text of a page without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
