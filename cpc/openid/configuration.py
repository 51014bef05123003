"""Providers of sign-in, as the environment configures them.

`OIDC_PROVIDERS` names them, such as `department`; the settings of each begin with `OIDC_` and that name in capitals,
such as `OIDC_DEPARTMENT_ISSUER`. docs/operations/identity.md lists them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Algorithms of signatures that a provider may use: none with a shared secret, and not `none`."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider and what is asked of it.

    `keys` are PEM texts of private keys, each perhaps followed by its certificate; the first one signs. A sign-in is
    accepted only with one of `acr_values` in the claim `acr_claim`. It counts as resistant to phishing with one of
    `resistant_acr`, with a method of `resistant_amr`, or if the claim `piv_claim` is true. Only addresses that the
    provider verified lead to an account, and only those of `domains` if it names any; `trusts_addresses` means that it
    verifies each one without saying so. `prompt` is what the provider asks each time, if it must be named.
    """

    key: str
    label: str
    issuer: str
    client_id: str
    keys: tuple[str, ...] = field(repr=False)
    signs_with: str
    acr_values: tuple[str, ...]
    acr_claim: str
    resistant_acr: frozenset[str]
    resistant_amr: frozenset[str]
    piv_claim: str
    scopes: tuple[str, ...]
    domains: frozenset[str]
    trusts_addresses: bool
    signatures: tuple[str, ...]
    prompt: str

    def requested_assurance(self) -> dict[str, str]:
        """Return the parameters of a request that ask for the second factor: of the claim `acr`, or of another."""
        if self.acr_claim == "acr":
            return {"acr_values": " ".join(self.acr_values)}
        wanted = {"id_token": {self.acr_claim: {"essential": True, "values": list(self.acr_values)}}}
        return {"claims": json.dumps(wanted, separators=(",", ":"))}


def read_providers(read: Callable[[str], str], *, production: bool) -> dict[str, Provider]:
    """Return the configured providers by key; `read` returns the text of a variable, "" for none.

    Raises `ImproperlyConfigured`, naming the variable.
    """
    found: dict[str, Provider] = {}
    for key in _items(read("OIDC_PROVIDERS").replace(",", " ")):
        if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", key) or key in found:
            raise ImproperlyConfigured(
                f"OIDC_PROVIDERS names {key!r}. Name each provider once, in small letters and digits, such as "
                "department."
            )
        found[key] = _ProviderReader(read, key, production=production).provider()
    issuers = [provider.issuer for provider in found.values()]
    if len(issuers) != len(set(issuers)):
        raise ImproperlyConfigured("OIDC_PROVIDERS names two providers with one issuer. Configure each issuer once.")
    return found


class _ProviderReader:
    def __init__(self, read: Callable[[str], str], key: str, *, production: bool) -> None:
        self.read, self.key, self.production = read, key, production

    def provider(self) -> Provider:
        key = self.key
        signs_with = self._text("SIGNS_WITH") or "RS256"
        signatures = _items(self._text("SIGNATURES")) or SIGNATURES
        for name, values in {"SIGNS_WITH": (signs_with,), "SIGNATURES": signatures}.items():
            if unknown := [value for value in values if value not in SIGNATURES]:
                raise self._fault(name, f"has {unknown[0]}; possible are {', '.join(SIGNATURES)}")
        return Provider(
            key=key,
            label=self._text("LABEL") or "Department account",
            issuer=self._issuer(),
            client_id=self._required("CLIENT_ID"),
            keys=tuple(self._keys()),
            signs_with=signs_with,
            # Nothing else shows that the provider asked for more than a password.
            acr_values=_items(self._required("ACR_VALUES")),
            acr_claim=self._text("ACR_CLAIM") or "acr",
            resistant_acr=frozenset(_items(self._text("RESISTANT_ACR"))),
            resistant_amr=frozenset(_items(self._text("RESISTANT_AMR"))),
            piv_claim=self._text("PIV_CLAIM"),
            scopes=_items(self._text("SCOPES")) or ("openid", "email"),
            domains=frozenset(domain.lower() for domain in _items(self._text("EMAIL_DOMAINS").replace(",", " "))),
            trusts_addresses=self._text("TRUSTS_ADDRESSES") == "1",
            signatures=signatures,
            prompt=self._text("PROMPT"),
        )

    def _issuer(self) -> str:
        issuer = self._required("ISSUER")
        parts = urlsplit(issuer)
        is_local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS and not self.production
        if not (parts.scheme == "https" or is_local) or not parts.hostname or parts.query or parts.fragment:
            raise self._fault("ISSUER", f"is {issuer}, not an address with https")
        return issuer

    def _keys(self) -> Iterator[str]:
        """Yield the keys of `..._KEY_FILES`, or the one in `..._KEY`."""
        if text := self._text("KEY"):
            yield text.replace("\\n", "\n")
        for name in _items(self._text("KEY_FILES").replace(",", " ")):
            try:
                yield Path(name).read_text(encoding="ascii")
            except (OSError, UnicodeError) as error:
                raise self._fault("KEY_FILES", f"names {name}, which can't be read: {error}") from error
        if not self._text("KEY") and not self._text("KEY_FILES"):
            raise self._fault("KEY_FILES", "is not set, and without a key no provider knows this client")

    def _text(self, name: str) -> str:
        return self.read(self._variable(name)).strip()

    def _required(self, name: str) -> str:
        if not (value := self._text(name)):
            raise self._fault(name, "is not set")
        return value

    def _variable(self, name: str) -> str:
        return f"OIDC_{self.key.upper()}_{name}"

    def _fault(self, name: str, what: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{self._variable(name)} {what}. See docs/operations/identity.md.")


def _items(text: str) -> tuple[str, ...]:
    return tuple(text.split())
