"""Page cases for sign-in through a provider. Its pages with a provider are in tests/browser/test_openid.py."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import ADMINISTRATOR, EVERYBODY, SAME, Look, PageCase
from tests.worlds.demonstration import Scene


def _active(scene: Scene) -> dict[str, int]:
    return {"pk": scene.people["active"].pk}


def _own(scene: Scene) -> dict[str, int]:
    return {"pk": scene.users[Role.ADMINISTRATOR].pk}


CASES = (
    PageCase("department-account", Look("linked-sign-ins", roles=EVERYBODY)),
    PageCase("openid-signed-out"),
    PageCase("openid-start", url=lambda world: {"provider": "department"}),
    PageCase("openid-answer", url=lambda world: {"provider": "department"}),
    PageCase("openid-disconnect", url=records.identity_of_the_viewer, second_writer=SAME),
    PageCase(
        "person-identities",
        Look("person-identities", _active, ADMINISTRATOR),
        Look("person-identities-own", _own, ADMINISTRATOR),
        url=records.account,
        second_writer="the second person is told that the account or identity is linked already",
    ),
    PageCase("person-identity-end", url=records.identity_of_a_person, second_writer=SAME),
)
