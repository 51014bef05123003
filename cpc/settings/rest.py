"""REST: throttling, formats, and the schema."""

from __future__ import annotations

from cpc.settings.environment import number

API_REQUESTS_A_MINUTE = number("API_REQUESTS_A_MINUTE", 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "cpc.api_tokens.authentication.BearerAuthentication",
        "cpc.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["cpc.api.throttling.PerClient"],
    "DEFAULT_PERMISSION_CLASSES": ["cpc.api.permissions.HasRolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cpc.api.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "cpc.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "cpc.api.schema.ShapedSchema",
    "EXCEPTION_HANDLER": "cpc.api.problems.problem_handler",
    "PAGE_SIZE": 100,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cpc.api.renderers.Negotiation",
    "URL_FORMAT_OVERRIDE": "format",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CPC Partnerships",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "CountryKindEnum": "indicators.models.CountryKind",
        "PlanKindEnum": "indicators.models.PlanKind",
        "CountryStatusEnum": "selection.models.CountryStatus",
        "ScoringStageEnum": "selection.models.StageChoice",
        "RecordKindEnum": "partnerships.models.RecordKind",
        "PartnershipStatusEnum": "partnerships.models.Status",
        "KnownFundAccountEnum": "partnerships.models.funds.ACCOUNTS",
        "CashAccountEnum": "partnerships.models.CashAccount",
        "ContributionKindEnum": "partnerships.models.ContributionKind",
        "ContributionStageEnum": "partnerships.models.ContributionStage",
        "ExceptionKindEnum": "partnerships.models.ExceptionKind",
        "FigureKindEnum": "partnerships.models.FigureKind",
        "LedgerKindEnum": "partnerships.models.LedgerKind",
        "LegalReviewEnum": "partnerships.models.LegalReview",
        "AmendmentKindEnum": "partnerships.models.AmendmentKind",
        "AmendmentStateEnum": "partnerships.models.AmendmentState",
        "PeriodStateEnum": "partnerships.models.PeriodState",
    },
    "SERVE_PERMISSIONS": ["cpc.api.permissions.HasRolePermission"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cpc.api.schema.add_common_answers",
    ],
}
