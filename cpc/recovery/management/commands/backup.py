"""`manage.py backup`: make a backup, list those there are, or check one."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from cpc import request_context
from cpc.recovery.destinations import destination
from cpc.recovery.manifest import BadBackup
from cpc.recovery.reading import manifest_of
from cpc.recovery.services import NotBackedUp, back_up, check_backup


class Command(BaseCommand):
    """Command that backs up the database and the files, as an operator or a scheduler of the machine runs it."""

    help = "Back up the database and the files to BACKUP_DIRECTORY or BACKUP_S3_BUCKET."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--directory", default="", help="write to, or read from, this folder instead")
        parser.add_argument("--list", action="store_true", help="list the backups, and make none")
        parser.add_argument("--check", metavar="NAME", help="read a backup and compare its checksums")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one backup. The last line of the output is its name."""
        try:
            at = destination(options["directory"])
            if options["list"]:
                for name in at.names():
                    manifest = manifest_of(at, name)
                    kind = "encrypted" if manifest.recipient else "not encrypted"
                    self.stdout.write(f"{name}  {filesizeformat(manifest.size)}  {manifest.rows:,} rows  {kind}")
                return
            if options["check"]:
                manifest = check_backup(at, options["check"])
                self.stdout.write(f"{manifest.name}: the checksums of all {len(manifest.parts)} parts agree.")
                return
            with request_context.acting("command"):
                made = back_up(at, made_by=getpass.getuser())
        except (BadBackup, NotBackedUp, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        if made is None:
            raise CommandError("Another process makes a backup now. Wait for it.")
        self.stdout.write(
            f"{made.rows:,} rows and {made.files:,} files, {filesizeformat(made.size)}, in {made.seconds:.1f} s; the "
            f"checksums agree.\n{made.name}"
        )
