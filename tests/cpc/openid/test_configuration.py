"""Settings of providers: each fault is named at the start, by its variable."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from jwt import PyJWKSet
from pytest_django import Settings

from cpc.openid.client_keys import check_keys, client_assertion
from cpc.openid.configuration import Provider, read_providers
from tests.cpc.openid.providers import CLIENT_ID, configured, pem

ISSUER = "https://provider.example/"


def read(providers: str = "department", **values: str) -> dict[str, Provider]:
    valid = {"ISSUER": ISSUER, "CLIENT_ID": CLIENT_ID, "KEY": pem("client"), "ACR_VALUES": "second-factor"} | values
    environment = {"OIDC_PROVIDERS": providers} | {f"OIDC_DEPARTMENT_{name}": text for name, text in valid.items()}
    return read_providers(lambda name: environment.get(name, ""), production=True)


def text_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def test_no_provider_is_the_default() -> None:
    assert read(providers="") == {}


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"ISSUER": ""}, "OIDC_DEPARTMENT_ISSUER"),
        ({"ISSUER": "http://provider.example/"}, "OIDC_DEPARTMENT_ISSUER"),
        ({"ISSUER": "http://127.0.0.1:8080"}, "OIDC_DEPARTMENT_ISSUER"),
        ({"ISSUER": "https://provider.example/?tenant=1"}, "OIDC_DEPARTMENT_ISSUER"),
        ({"CLIENT_ID": ""}, "OIDC_DEPARTMENT_CLIENT_ID"),
        ({"ACR_VALUES": ""}, "OIDC_DEPARTMENT_ACR_VALUES"),
        ({"KEY": ""}, "OIDC_DEPARTMENT_KEY_FILES"),
        ({"KEY_FILES": "/nowhere/key.pem"}, "OIDC_DEPARTMENT_KEY_FILES"),
        ({"SIGNATURES": "RS256 none"}, "OIDC_DEPARTMENT_SIGNATURES has none"),
        ({"SIGNATURES": "HS256"}, "OIDC_DEPARTMENT_SIGNATURES has HS256"),
        ({"SIGNS_WITH": "HS256"}, "OIDC_DEPARTMENT_SIGNS_WITH"),
        ({"providers": "department,department"}, "OIDC_PROVIDERS"),
        ({"providers": "Department"}, "OIDC_PROVIDERS"),
    ],
)
def test_fault_is_named(values: dict[str, str], variable: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=variable):
        read(**values)


def test_key_is_not_shown_with_its_provider() -> None:
    assert "PRIVATE KEY" not in repr(read())


@pytest.mark.parametrize(
    ("key", "signs_with"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "RS256"),
        (ec.generate_private_key(ec.SECP384R1()), "ES256"),
        (rsa.generate_private_key(65537, 2048), "ES256"),
        (rsa.generate_private_key(65537, 1024), "RS256"),
    ],
)
def test_key_that_does_not_fit_is_refused(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, signs_with: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        check_keys(configured(ISSUER, KEY=text_of(key), SIGNS_WITH=signs_with))


def test_text_that_is_no_key_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="PEM"):
        check_keys(configured(ISSUER, KEY="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"))


def test_client_proves_itself_with_the_first_key(tmp_path: Path, settings: Settings) -> None:
    """The provider has both keys while one takes the place of the other."""
    files = [tmp_path / name for name in ("new.pem", "old.pem")]
    for file in files:
        file.write_text(text_of(ec.generate_private_key(ec.SECP256R1())))
    names = ",".join(map(str, files))
    provider = configured(ISSUER, KEY="", KEY_FILES=names, SIGNS_WITH="ES256")
    check_keys(provider)
    settings.OPENID_PROVIDERS = {"department": provider}
    printed = StringIO()
    call_command("openid_keys", "department", stdout=printed)
    keys = PyJWKSet.from_dict(json.loads(printed.getvalue())).keys
    assert len(keys) == 2
    assert '"d"' not in printed.getvalue()
    assertion = client_assertion(provider, "https://provider.example/token")
    assert jwt.get_unverified_header(assertion)["kid"] == keys[0].key_id
    claims = jwt.decode(assertion, keys[0], algorithms=["ES256"], audience="https://provider.example/token")
    assert (claims["iss"], claims["sub"]) == (CLIENT_ID, CLIENT_ID)
    assert claims["exp"] - claims["iat"] == 60
    assert client_assertion(provider, "x") != client_assertion(provider, "x")
    with pytest.raises(CommandError, match="department"):
        call_command("openid_keys", "unknown")
