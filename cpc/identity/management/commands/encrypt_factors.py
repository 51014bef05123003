"""`manage.py encrypt_factors`: encrypt the secrets of second factors with the first key of MFA_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpc.identity.encryption import UnreadableFactor
from cpc.identity.factors import encrypt_all_again
from cpc.web.formats import count_of


class Command(BaseCommand):
    help = "Encrypt the secrets of second factors with the first key of MFA_KEYS, so that the others can be removed."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            count = encrypt_all_again()
        except UnreadableFactor as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        self.stdout.write(f"Encrypted {count_of(count, 'secret', 'secrets')} with the first key of MFA_KEYS.")
