"""Sign-in through OpenID providers."""

from __future__ import annotations

import os

from cpc.openid.configuration import read_providers
from cpc.settings.environment import PRODUCTION

__all__ = ("OPENID_PROVIDERS", "OPENID_STARTS_A_MINUTE")

OPENID_PROVIDERS = read_providers(os.environ, production=PRODUCTION)
OPENID_STARTS_A_MINUTE = 30
"""Sign-ins through a provider that one address may begin in a minute; each stores a session."""
