"""Long passwords that are easy to guess: rejected by the invitation and by the form that changes a password."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.people import invitations
from cpc.people.demo import PASSWORD as DEMONSTRATION
from tests.support.accounts import PASSWORD, make_account

WEAK = [
    ("aaaaaaaaaaaaaa", "password_few_characters"),
    ("abababababababab", "password_few_characters"),
    ("password1234567", "password_common_part"),
    ("Password!!1234567", "password_common_part"),
    ("2026-sunshine-2026", "password_common_part"),
    ("abcdefabcdefabcdef", "password_pattern"),
    ("tigerltigerltigerl", "password_pattern"),
    ("abcdefghijklmnop", "password_pattern"),
    ("98765432109876", "password_pattern"),
    ("qwertyuiopasdfgh", "password_pattern"),
    ("poiuytrewqlkjhgf", "password_pattern"),
    ("cpcpartnerships2026", "password_known_names"),
    ("CPC-Partnerships!!2026", "password_known_names"),
    ("reviewer-dol-2026!!", "password_known_names"),
    ("xgeraldine-20262026", "password_known_names"),
]


def codes_of(password: str, user: User | None = None) -> list[str | None]:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    return [error.code for error in refused.value.error_list]


@pytest.mark.parametrize(("password", "code"), WEAK)
def test_a_long_password_that_is_easy_to_guess_is_refused(password: str, code: str) -> None:
    user = User(username="reviewer-dol", name="Geraldine Example", role=Role.REVIEWER)
    assert code in codes_of(password, user)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        DEMONSTRATION,
        "correct horse battery staple",
        "another-long-password",
        "the partnership with seven rivers",
        "Vk3!xq-Lm92_zzTr",
        "my viewer drinks green tea",
        "ጤና ይስጥልኝ ወዳጄ ሆይ",
    ],
)
def test_passphrase_is_accepted(password: str) -> None:
    validate_password(password, User(username="viewer", name="Viewer", role=Role.VIEWER))


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["password1234567", "aaaaaaaaaaaaaa"])
def test_the_form_for_another_password_refuses_it(client: Client, password: str) -> None:
    client.force_login(make_account(Role.VIEWER))
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    page = client.post("/account/password/", sent)
    assert page.status_code == 200
    assert "Use several words." in page.content.decode() or "different characters" in page.content.decode()
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_a_link_refuses_it_and_can_be_used_again(client: Client) -> None:
    user = make_account(Role.VIEWER, is_active=False)
    User.objects.filter(pk=user.pk).update(email="viewer@cpc.example")
    invitations.deliver(invitations.open_invitation(user=user, actor=user).pk)
    link = f"/account/invitation/{str(mail.outbox[-1].body).partition('/account/invitation/')[2].partition('/')[0]}/"
    refused = client.post(link, {"password1": "password1234567", "password2": "password1234567"})
    assert refused.status_code == 422
    assert "“password” is a common password" in refused.content.decode()
    assert client.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert client.get(link).status_code == 404
    assert (
        client.post(
            link, {"password1": "a second password for it", "password2": "a second password for it"}
        ).status_code
        == 404
    )
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_the_accounts_of_the_demonstration_keep_their_password(client: Client) -> None:
    from cpc.people.demo import load_accounts

    load_accounts(lambda _done, _of: None)
    answer = client.post("/account/sign-in/", {"login": "analyst", "password": DEMONSTRATION})
    assert (answer.status_code, answer["Location"]) == (302, "/")
