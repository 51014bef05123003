"""REST interface to the search. Read-only; a token finds only what its scopes allow."""

from __future__ import annotations

from dataclasses import replace

from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.pagination import Pages
from cpc.api.views import Endpoint
from cpc.search import queries
from cpc.search.forms import EARLIEST, LATEST, SearchForm
from cpc.search.queries import LONGEST_QUESTION, UnclearQuestion
from cpc.search.serializers import FoundKind, SearchAnswer, SearchAnswerSerializer

PARAMETERS = (
    OpenApiParameter(
        "q",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_QUESTION},
        required=True,
        description="Terms that must all occur; a phrase in quotation marks; a minus leaves a term out.",
    ),
    OpenApiParameter("kind", str, description="A kind of subject, as in `kinds` of the answer."),
    OpenApiParameter(
        "since",
        {"type": "integer", "minimum": EARLIEST, "maximum": LATEST},
        description="Leaves out what is of an earlier year, or of none.",
    ),
    OpenApiParameter("region", str, description="A region of countries, as in `/api/v1/countries/`."),
    OpenApiParameter("mine", OpenApiTypes.BOOL, description="With true, only what this account wrote."),
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}, description="From 1."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": 100},
        description=f"Subjects on a page. The default is {queries.SUBJECTS_A_PAGE}.",
    ),
)


NO_TERM = "no_term"
"""Code of the error for a text without a term to find."""


class SubjectPages(Pages):
    page_size = queries.SUBJECTS_A_PAGE
    max_page_size = 100


class Search(Endpoint):
    """Search among what the account may see."""

    required_permission = Permission.USE_API

    def known_parameters(self) -> frozenset[str]:
        return SubjectPages.parameters | {"q", "kind", "since", "region", "mine"}

    @extend_schema(
        operation_id="search",
        summary="Search",
        description="Subjects, such as countries, rounds, and partnerships, with the passages that have all terms, "
        "best first. Accents and endings of English do not matter. What the account or its token may not see moves "
        "neither a rank nor a count. Sample records come last and count nowhere.",
        parameters=list(PARAMETERS),
        responses=SearchAnswerSerializer,
        tags=["search"],
    )
    def get(self, request: Request) -> Response:
        """Return one page of subjects."""
        form, user = SearchForm(request._request.GET), user_of(request._request)
        if not form.is_valid():
            raise translate_validation(form.errors)
        question = replace(form.question(), over_rest=True)
        try:
            queries.check_question(question)
        except UnclearQuestion as unclear:
            raise ValidationError({"q": [str(unclear)]}, code=NO_TERM) from None
        found = queries.matches(question, user)
        pages = SubjectPages()
        rows = found.of_kind(form.cleaned_data["kind"])
        shown = pages.paginate_queryset(rows, request, self) or []
        described = queries.describe([row.key for row in shown], user)
        answer = SearchAnswer(
            count=sum(not row.key.is_sample for row in rows),
            samples=sum(row.key.is_sample for row in rows),
            next=pages.get_next_link(),
            previous=pages.get_previous_link(),
            kinds=[FoundKind(subject.key, subject.many, count) for subject, count in found.by_kind.items()],
            results=queries.results(question, shown, user, described, is_weighed=found.is_weighed),
        )
        return Response(SearchAnswerSerializer(answer).data)
