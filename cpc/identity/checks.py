"""Check of a deployment: two factors, and keys of one's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def second_factor_check(**_: Any) -> list[CheckMessage]:
    """Report an installation in which a password alone opens an account. Production does not even start so."""
    if settings.REQUIRE_SECOND_FACTOR:
        return []
    return [
        Error(
            "A password alone opens every account, those of approvers included.",
            hint="Remove REQUIRE_SECOND_FACTOR=0; it is for the demonstration.",
            id="cpc.identity.E001",
        )
    ]
