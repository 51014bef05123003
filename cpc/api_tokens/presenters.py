"""Tables of API tokens."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpc.accounts.models import ApiToken
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, lines, link, small
from cpc.web.tables import PAGE_SIZE, Column, Table
from cpc.web.templatetags.web import when

TOKEN: Column[ApiToken] = Column("Token", lambda token: lines(token.name, code(f"{token.prefix}…")))
OWNER: Column[ApiToken] = Column("Account", lambda token: str(token.owner))


def token_state(token: ApiToken) -> SafeString:
    if token.revoked_at:
        return lines(status("none", "Revoked", icon_name="lock"), small(when(token.revoked_at)))
    if token.expires_at <= timezone.now():
        return lines(status("none", "Expired"), small(when(token.expires_at)))
    if not token.owner.has_access:
        return status("warn", "Account ended" if token.owner.is_active else "Account disabled")
    return lines(status("good", "Valid"), small(format_html("until {}", when(token.expires_at))))


def _stop(token: ApiToken) -> SafeString:
    if token.revoked_at or token.expires_at <= timezone.now():
        return format_html('<span class="u-muted">{}</span>', "Not needed")
    return link(reverse("account-token-revoke", args=[token.pk]), "Revoke", f" {token.name}")


REST: tuple[Column[ApiToken], ...] = (
    Column("Can do", lambda token: format_html_join(" ", "<code>{}</code>", ((scope,) for scope in token.scopes))),
    Column("Issued", lambda token: token.created_at, "day"),
    Column("Last used", lambda token: token.last_used_at or "Never", "moment"),
    Column("State", token_state, css="u-nowrap"),
    Column("Revoke", _stop, is_action=True),
)
TOKENS_LIST = declare(ListPage("tokens", "API tokens", "token", "tokens", "account-tokens-all"))
OWN_TOKENS: Table[ApiToken] = Table("Your tokens, newest first", [TOKEN, *REST])
ISSUER: Column[ApiToken] = Column("Issued by", lambda token: str(token.issued_by))
TOKENS_OF_PROGRAM: Table[ApiToken] = Table("Tokens of the program, newest first", [TOKEN, ISSUER, *REST])
ALL_TOKENS: Table[ApiToken] = Table("Tokens of all accounts, newest first", [TOKEN, OWNER, *REST], per_page=PAGE_SIZE)
