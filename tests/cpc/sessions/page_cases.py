"""Page cases for the sessions room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import (
    ANALYST,
    EVERYBODY,
    OWN,
    SAME,
    VIEWER,
    Look,
    PageCase,
)
from tests.worlds.demonstration import Scene


def _unsent_form(scene: Scene) -> Mapping[str, Any]:
    return {"pk": records.unsent_form_of(scene.users[Role.VIEWER]).pk}


CASES = (
    PageCase("account-sessions", Look("sessions", roles=EVERYBODY)),
    PageCase("account-sessions-end-others", second_writer=OWN),
    PageCase("account-session-end", url=lambda world: {"handle": records.NO_SESSION}, second_writer=OWN),
    PageCase("account-sessions-report", Look("sessions-report", roles=ANALYST), second_writer=OWN),
    PageCase("unsent-form", Look("unsent-form", _unsent_form, VIEWER), url=records.unsent_form_of_the_viewer),
    PageCase("unsent-form-discard", url=records.unsent_form_of_the_viewer, second_writer=SAME),
    PageCase("session", no_page="answers a script", second_writer=OWN),
    PageCase("session-forms", second_writer=OWN),
)
