"""Requests for limit exceptions over REST."""

from partnerships.api_base.parts import part
from partnerships.models import LimitException

EXCEPTIONS = part(
    "limit-exceptions",
    "limit exception",
    LimitException,
    title="Limit exceptions of a partnership",
    description="Every request for a longer term or more funding, whether granted, refused, or waiting.",
    fields=(
        "id kind term_months funding reason expires_on statement at granted_at=grant.at authority=grant.authority "
        "refused_at=refusal.at refused_because=refusal.reason"
    ),
    notes={
        "term_months": "The term limit asked for.",
        "funding": "The funding limit asked for.",
        "granted_at": "When it was granted.",
        "authority": "The authority under which it was granted.",
        "refused_at": "When it was refused.",
        "refused_because": "Why it was refused.",
        "statement": "The number of the public statement that documents it.",
    },
    reasons={
        "term_months": "not_applicable",
        "funding": "not_applicable",
        "statement": "not_applicable",
        "granted_at": "not_yet",
        "authority": "not_yet",
        "refused_at": "not_yet",
        "refused_because": "not_yet",
    },
)
