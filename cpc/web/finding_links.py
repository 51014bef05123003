"""Links from findings and errors to the pages where this account can resolve them (see `cpc.finding_targets`)."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest

from cpc.accounts.access import user_of
from cpc.finding_targets import ANY, RecordKeys, target_of
from cpc.web.pages import all_pages


class FindingLink(NamedTuple):
    url: str
    label: str


def link_to_resolve(request: HttpRequest, code: str, keys: RecordKeys, *, any_code: bool = True) -> FindingLink | None:
    """Return the link for a code; None if there is no page, this is the page, or the account can't open it.

    An account without the right to the page would only get an error there. Without `any_code`, only a page declared
    for this very code counts: an error at a field, such as a missing value, is resolved there.
    """
    target = target_of(code, keys)
    if target is None or (target.code == ANY and not any_code):
        return None
    page = next(page for page in all_pages() if page.name == target.name)
    url = target.url(keys)
    if url == request.path or not page.opens_for(user_of(request)):
        return None
    return FindingLink(url, target.label)
