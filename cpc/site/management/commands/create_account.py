"""`manage.py create_account`: the first administrator and approver, created by the owner of the tables."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError

from cpc import request_context
from cpc.accounts.access_changes import is_held_by_two
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.roles import as_owner
from cpc.people.account_services import create_account

ROLES = [role.value for role in Role if is_held_by_two(role)]


class Command(BaseCommand):
    """Command that creates an approver or administrator where no two people are there yet to do so on the pages."""

    help = "Create an administrator or approver, and ask for the password. Requires DATABASE_OWNER_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the values of the account; the password is asked for, so that no list of processes shows it."""
        parser.add_argument("username", help="to sign in with: letters, digits, and @ . + - _")
        parser.add_argument("--name", required=True, help="the display name")
        parser.add_argument("--email", required=True, help="the address for notices and links")
        parser.add_argument("--role", required=True, choices=ROLES)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account as the owner of the tables. A failure creates nothing."""
        values = {name: options[name] for name in ("username", "name", "email")}
        role = Role(options["role"])
        try:
            with as_owner():  # before anything is typed in vain
                pass
            password = self._ask(User(**values, role=role))
            with request_context.acting("command"):
                create_account(**values, role=role, password=password, actor=None)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} No account was created.") from None
        self.stdout.write(f"Created {values['username']}, {role.label}.")

    def _ask(self, user: User) -> str:
        password = getpass.getpass("Password: ")
        validate_password(password, user)
        if getpass.getpass("The same password again: ") != password:
            raise ValidationError("The two passwords are different.", code="differ")
        return password
