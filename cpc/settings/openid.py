"""Sign-in through OpenID providers."""

from __future__ import annotations

from cpc.openid.configuration import read_providers
from cpc.settings.environment import PRODUCTION, env

__all__ = ("OPENID_PROVIDERS", "OPENID_STARTS_A_MINUTE")

OPENID_PROVIDERS = read_providers(env, production=PRODUCTION)
OPENID_STARTS_A_MINUTE = 30
"""Sign-ins through a provider that one address may begin in a minute; each stores a session."""
