"""Masks for secrets in log events, whether they appear in a path, a query, or an exception."""

from __future__ import annotations

import re
from collections.abc import Callable

MASK = "***"

_NAMED = (
    r"(?:old|new)?_?pass(?:word|wd)?[12]?|pwd|secret(?:_key)?|token|api_?key|session(?:id|_key)"
    r"|csrf(?:token|middlewaretoken)"
)
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # Links of invitations and for new passwords: any reader of the path could set the password.
    (re.compile(r"(/account/invitation/)[^/\s\"'?&]+"), rf"\1{MASK}"),
    # Tokens of the REST interface; their prefix is shown on pages and identifies the token.
    (re.compile(r"\b(cpc_[0-9a-f]{8})_[A-Za-z0-9_-]+"), rf"\1_{MASK}"),
    (re.compile(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{12,}"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)(\bauthorization[\"']?\s*[:=]\s*[\"']?)(?!(?:bearer|basic)\s)[^\s\"',;]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(\bcookie[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+"), rf"\1{MASK}"),
    # The secret of an address such as postgres://user:secret@host.
    (re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+(@)"), rf"\1{MASK}\2"),
    (
        re.compile(
            rf"(?i)\b((?:\w+_)?(?:{_NAMED})[\"']?\s*(?:=|:|%3d)\s*)(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s&\"',;)}}\]]+)"
        ),
        rf"\1{MASK}",
    ),
    # A secret of 32 random bytes as `secrets.token_urlsafe` writes it, with nothing around it that names it.
    (
        re.compile(r"(?<![A-Za-z0-9_-])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
        MASK,
    ),
)


def mask_secrets(text: str) -> str:
    """Return a text with each secret in it replaced by asterisks."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
