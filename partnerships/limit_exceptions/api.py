"""Limit policies, and requests for exceptions, over REST."""

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from partnerships.api_base.parts import part
from partnerships.models import LimitException, LimitPolicy

POLICIES = Resource(
    name="limit-policies",
    noun="limit policy",
    model=LimitPolicy,
    title="Limit policies",
    description="Limits of term and funding by date. A policy takes effect once another person approves it.",
    fields="id effective_from term_months funding award_months citation at approved_at=approval.at",
    notes={
        "effective_from": "The first day on which it holds.",
        "term_months": "The longest term.",
        "funding": "The highest funding, in U.S. dollars.",
        "award_months": "How long an award may outlast the term.",
        "citation": "The document that sets it.",
        "approved_at": "When it was approved.",
    },
    reasons={"approved_at": "not_yet"},
    order=("effective_from",),
    permission=Permission.VIEW_PARTNERSHIPS,
    tag="office",
)

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
