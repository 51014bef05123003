"""Forms stored from sessions that ended: what was typed is offered again, to the same account only, and never sent.

The browser sends them when its session is over; without JavaScript, a form that is sent too late is stored. They
are removed once the form is sent, discarded, or its person signs out, and after a week.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from cpc.accounts.models import User
from cpc.database.revisions import REVISION
from cpc.sessions.models import UnsentForm
from cpc.web.pages import all_pages

SECRET = re.compile(r"pass|secret|token|credential|csrf", re.IGNORECASE)
"""Fields that are never stored, by their names."""
LONGEST = 1_000_000
"""Number of characters of all fields of one form that are stored."""
MOST = 20
"""Number of forms that are stored of one account; the oldest are removed."""
STORED_FOR = dt.timedelta(days=7)
LONGEST_PATH = 500

OFFERED = "unsent_forms"
"""Name in the session of the pages with stored forms, so that other pages don't have to look for them."""


def keep(*, account_id: int, page: str, action: str, data: QueryDict) -> bool:
    """Keep what was typed into a form of an account; return False if there is nothing that may be stored."""
    fields = {name: data.getlist(name) for name in data if not SECRET.search(name)}
    texts = json.dumps(fields)
    if not fields or len(texts) > LONGEST or max(len(page), len(action)) > LONGEST_PATH or not _is_stored_from(action):
        return False
    UnsentForm.objects.update_or_create(
        account_id=account_id, page=page, action=action, defaults={"fields": fields, "stored_at": timezone.now()}
    )
    rows = UnsentForm.objects.filter(account_id=account_id)
    rows.exclude(pk__in=list(rows.values_list("pk", flat=True)[:MOST])).delete()
    return True


def _is_stored_from(action: str) -> bool:
    """Return whether forms sent to a path are stored: not those of visitors, such as the sign-in."""
    try:
        name = resolve(urlsplit(action).path).view_name
    except Resolver404:
        return False
    return any(page.permission is not None for page in all_pages() if page.name == name)


def is_path(text: str) -> bool:
    """Return whether a text is a path of this site, for a browser too: to one, `///x` and `/\\x` name another host."""
    return text.startswith("/") and url_has_allowed_host_and_scheme(text, None)


def page_of(request: HttpRequest) -> str:
    """Return the page to which a person who sent a form too late is led after sign-in, and where it is offered."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    try:
        name = resolve(request.path).view_name
    except Resolver404:
        return reverse("home")
    action = next((page.action for page in all_pages() if page.name == name), None)
    if action is not None and "get" in action.http_method_names:
        return request.get_full_path()
    return _path_here(request, request.headers.get("Referer", "")) or reverse("home")


def _path_here(request: HttpRequest, url: str) -> str:
    """Return path and query of a URL of this site, else ""."""
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def offer(request: HttpRequest, user: User) -> None:
    """Note in a new session which pages have a stored form of its account."""
    pages = list(UnsentForm.objects.filter(account=user).values_list("page", flat=True))
    if pages:
        request.session[OFFERED] = sorted(set(pages))


def offered_at(request: HttpRequest, account_id: int) -> list[UnsentForm]:
    """Return the stored forms of the page that is opened, newest first."""
    if request.get_full_path() not in request.session.get(OFFERED, ()):
        return []
    return list(UnsentForm.objects.filter(account_id=account_id, page=request.get_full_path()))


def data_of(fields: Mapping[str, Iterable[str]]) -> QueryDict:
    """Return stored fields as a form reads them."""
    data = QueryDict(mutable=True)
    for name, texts in fields.items():
        data.setlist(name, list(texts))
    return data


def drop_sent(request: HttpRequest, account_id: int) -> None:
    """Remove the stored form that was sent now, with success."""
    if request.session.get(OFFERED):
        UnsentForm.objects.filter(account_id=account_id, action=request.get_full_path()).delete()


def drop_all(user: User) -> int:
    removed, _ = UnsentForm.objects.filter(account=user).delete()
    return removed


def clear(before: dt.datetime) -> int:
    """Remove forms that were stored before that; return how many."""
    removed, _ = UnsentForm.objects.filter(stored_at__lt=before).delete()
    return removed


def texts_of(stored: UnsentForm) -> list[tuple[str, str]]:
    """Return what was typed, as name and text, without what the page itself fills in."""
    hidden = ("idempotency_key", REVISION)
    rows = [(name, ", ".join(texts)) for name, texts in stored.fields.items() if name not in hidden]
    return [(name.replace("_", " ").strip(), text) for name, text in rows if text.strip()]
