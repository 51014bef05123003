"""`manage.py makemigrations`, whose first migration of an app creates each table whole."""

from django.core.management.commands import makemigrations

from cpc.database.initial_migrations import Autodetector


class Command(makemigrations.Command):
    """Django's command with our autodetector."""

    autodetector = Autodetector
