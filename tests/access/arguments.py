"""Which thing of the test world stands in each address that takes arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Role
from cpc.accounts.tokens.services import issue_token
from cpc.audit.models import AuditEntry
from indicators.models import Country
from partnerships.models import Partnership
from partnerships.services import create_partnership
from tests.support.accounts import make_account
from tests.support.world import World

Arguments = Callable[[World], Mapping[str, Any]]


def _upload(world: World) -> Mapping[str, Any]:
    return {"pk": world.upload.pk}


def _token_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = User.objects.filter(role=Role.VIEWER).first() or make_account(Role.VIEWER)
    token = ApiToken.objects.filter(owner=owner).first()
    if token is None:
        token = issue_token(owner=owner, name="Nightly copy", scopes=["observations:read"], days=30).token
    return {"pk": token.pk}


def _partnership(world: World) -> Mapping[str, Any]:
    found = Partnership.objects.filter(country__code="GHA").first()
    if found is None:
        found = create_partnership(
            country=Country.objects.get(code="GHA"),
            title="Partnership with Ghana",
            origin_reason="Prevalence and commitment",
            actor=None,
        )
    return {"id": found.pk}


ARGUMENTS: Mapping[str, Arguments] = {
    "account-token-revoke": _token_of_the_viewer,
    "audit-entry": lambda world: {"pk": AuditEntry.objects.latest("pk").pk},
    "source": lambda world: {"key": "cpi"},
    "indicator": lambda world: {"code": "cpi.score"},
    "observation": lambda world: {"pk": world.ghana.pk},
    "import": _upload,
    "import-progress": _upload,
    "import-issues": _upload,
    "import-read": _upload,
    "import-compare": _upload,
    "import-publish": _upload,
    "import-discard": _upload,
    "import-take-back": lambda world: {"pk": world.second.pk},
    "narrative": lambda world: {"pk": world.narrative.pk},
    "review-form": lambda world: {"pk": world.narrative.pk, "form_id": world.form.pk},
    "source-file": lambda world: {"sha256": world.upload.file.sha256},
    "country": lambda world: {"code": "GHA"},
    "run": lambda world: {"pk": world.run.pk},
    "run-replay": lambda world: {"pk": world.run.pk},
    "partnership": lambda world: {"pk": _partnership(world)["id"]},
    "partnership-edit": lambda world: {"pk": _partnership(world)["id"]},
    "partnership-step": lambda world: {"pk": _partnership(world)["id"], "name": "invite"},
    "api:country": lambda world: {"code": "GHA"},
    "api:source": lambda world: {"key": "cpi"},
    "api:indicator": lambda world: {"code": "cpi.score"},
    "api:observation": lambda world: {"pk": world.ghana.pk},
    "api:partnership": _partnership,
    "api:partnership-contributions": _partnership,
    "api:partnership-findings": _partnership,
    "api:partnership-ledger": _partnership,
    "api:partnership-results": _partnership,
    "api:partnership-transitions": _partnership,
    "api:ranking": lambda world: {"run": world.run.pk},
    "api:country-score": lambda world: {"run": world.run.pk, "code": "GHA"},
}
