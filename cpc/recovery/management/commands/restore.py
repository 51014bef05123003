"""`manage.py restore`: restore a backup into an empty database, or try it out in a scratch one."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from cpc.recovery.destinations import destination
from cpc.recovery.encryption import Unreadable, private_key
from cpc.recovery.manifest import BadBackup
from cpc.recovery.programs import MissingProgram
from cpc.recovery.restoring import NotRestored, drill, restore


class Command(BaseCommand):
    """Command that restores a backup as the owner of the tables, verifies it, and prints what it found."""

    help = "Restore a backup into an empty database and verify it. Requires DATABASE_OWNER_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="", help="name of the backup (default: the newest)")
        parser.add_argument("--directory", default="", help="read it from this folder instead")
        parser.add_argument("--key", default="", help="file of the private key, for an encrypted backup")
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--into-new", default="", metavar="NAME", help="create this database, and restore into it")
        kind.add_argument("--drill", action="store_true", help="restore into a scratch database, verify, and drop it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore. Fails if anything differs from the backup, after the whole report."""
        try:
            at = destination(options["directory"])
            passphrase = os.environ.get("BACKUP_KEY_PASSPHRASE", "")
            key = private_key(Path(options["key"]), passphrase) if options["key"] else None
            if options["drill"]:
                done = drill(at, options["name"], key=key, say=self.stdout.write)
            else:
                new = options["into_new"]
                done = restore(at, options["name"], key=key, into_new=new, say=self.stdout.write)
        except (BadBackup, NotRestored, Unreadable, MissingProgram, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        for name, problems in done.report.items():
            self.stdout.write(f"{name}: {'as in the backup' if not problems else ' '.join(problems)}")
        for note in [] if options["drill"] else done.notes:
            self.stdout.write(note)
        if not done.is_equal:
            raise CommandError("What was restored differs from the backup; see above.")
        what = "The drill took" if options["drill"] else "Restored in"
        self.stdout.write(f"{what} {done.seconds:.1f} s, {done.manifest.rows:,} rows of {done.manifest.made_at}.")
