"""Print the public keys of this client, to register with an OpenID provider."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpc.openid.client_keys import public_keys
from cpc.openid.queries import providers


class Command(BaseCommand):
    help = "Print the public keys of a configured provider as a JSON Web Key Set; the first one signs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", help="its name in OIDC_PROVIDERS")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            provider = providers()[options["provider"]]
        except KeyError:
            known = ", ".join(providers()) or "none"
            raise CommandError(f"No provider {options['provider']} is configured. Known: {known}.") from None
        self.stdout.write(json.dumps(public_keys(provider), indent=2))
