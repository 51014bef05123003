"""Roles and their permissions: one table for pages, REST interface, navigation, and tests."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from django.db import models


class Role(models.TextChoices):
    ANALYST = "analyst", "TIP Office analyst"
    APPROVER = "approver", "TIP Office approver"
    REVIEWER = "reviewer", "Agency reviewer"
    VIEWER = "viewer", "Viewer"
    ADMINISTRATOR = "administrator", "Administrator"
    API_CLIENT = "api_client", "REST client"


class Permission(enum.StrEnum):
    """Permissions that a role can have; the value is the name shown in the documentation."""

    USE_PAGES = "use the pages"
    USE_API = "use the REST interface"
    VIEW_OBSERVATIONS = "see observations, sources, and methods"
    VIEW_RANKINGS = "see rankings and scores"
    RUN_SCREEN = "compute a new ranking"
    IMPORT_DATA = "receive, preview, publish, and retract publishers' files"
    CONFIRM_NARRATIVES = "confirm information read from narratives"
    RECORD_PROGRAMS = "record programs of U.S. agencies and national plans"
    EDIT_MODELS = "draft, edit, and import scoring models"
    RATE = "rate candidates and review restrictions"
    VIEW_ROUNDS = "see selection rounds, dossiers, and consultations"
    VIEW_NOTES = "see the notes and memos of a round"
    RUN_ROUNDS = (
        "propose changes to the pool, open rounds, choose candidates, ask agencies, adjudicate notes, and draft memos"
    )
    APPROVE_SELECTION = (
        "publish and adopt scoring models, decide on the pool and on recommendations, and consent to missing answers"
    )
    CONSULT = "respond to requests to their agency, and see only those"
    VIEW_PARTNERSHIPS = "see partnerships"
    EDIT_PARTNERSHIPS = "draft partnerships, their terms, and amendments; record clearances; request limit exceptions"
    RECORD_MONEY = "record contributions, congressional notifications, awards, and their ledgers"
    APPROVE_PARTNERSHIPS = (
        "sign, suspend, and end partnerships; approve amendments, exceptions, limits, and missing clearances"
    )
    VIEW_AUDIT = "see the audit trail"
    SHARE_VIEWS = "see the views of lists that the TIP Office shares, and share their own"
    CONSENT_TO_VIEWS = "consent to views of lists that everyone sees"
    MANAGE_PEOPLE = "manage accounts and agencies"
    CONFIRM_ACCESS = "confirm changes to the accounts of approvers and administrators that another person asked for"


NEEDS_RECENT_PROOF = frozenset(
    {
        Permission.APPROVE_SELECTION,
        Permission.APPROVE_PARTNERSHIPS,
        Permission.CONSENT_TO_VIEWS,
        Permission.MANAGE_PEOPLE,
        Permission.CONFIRM_ACCESS,
    }
)
"""Permissions to approve, sign, and change access: a session uses one only soon after it proved who uses it (IA-11).

Services check it with the permission (`require`), so that pages and REST need no check of their own.
"""

_READ = frozenset({Permission.USE_PAGES, Permission.USE_API, Permission.VIEW_OBSERVATIONS})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ANALYST: _READ
    | {
        Permission.VIEW_RANKINGS,
        Permission.RUN_SCREEN,
        Permission.IMPORT_DATA,
        Permission.CONFIRM_NARRATIVES,
        Permission.RECORD_PROGRAMS,
        Permission.EDIT_MODELS,
        Permission.RATE,
        Permission.VIEW_ROUNDS,
        Permission.VIEW_NOTES,
        Permission.RUN_ROUNDS,
        Permission.VIEW_PARTNERSHIPS,
        Permission.EDIT_PARTNERSHIPS,
        Permission.RECORD_MONEY,
        Permission.VIEW_AUDIT,
        Permission.SHARE_VIEWS,
    },
    Role.APPROVER: _READ
    | {
        Permission.VIEW_RANKINGS,
        Permission.RUN_SCREEN,
        Permission.VIEW_ROUNDS,
        Permission.VIEW_NOTES,
        Permission.APPROVE_SELECTION,
        Permission.VIEW_PARTNERSHIPS,
        Permission.EDIT_PARTNERSHIPS,
        Permission.APPROVE_PARTNERSHIPS,
        Permission.VIEW_AUDIT,
        Permission.SHARE_VIEWS,
        Permission.CONSENT_TO_VIEWS,
        Permission.CONFIRM_ACCESS,
    },
    Role.REVIEWER: _READ | {Permission.CONSULT},
    Role.VIEWER: _READ | {Permission.VIEW_RANKINGS, Permission.VIEW_ROUNDS, Permission.VIEW_PARTNERSHIPS},
    Role.ADMINISTRATOR: _READ
    | {
        Permission.VIEW_RANKINGS,
        Permission.VIEW_ROUNDS,
        Permission.VIEW_NOTES,
        Permission.VIEW_PARTNERSHIPS,
        Permission.VIEW_AUDIT,
        Permission.SHARE_VIEWS,
        Permission.MANAGE_PEOPLE,
        Permission.CONFIRM_ACCESS,
    },
    Role.API_CLIENT: frozenset(
        {
            Permission.USE_API,
            Permission.VIEW_OBSERVATIONS,
            Permission.VIEW_RANKINGS,
            Permission.VIEW_ROUNDS,
            Permission.VIEW_PARTNERSHIPS,
        }
    ),
}


def permissions_of(role: str) -> frozenset[Permission]:
    try:
        return ROLE_PERMISSIONS[Role(role)]
    except ValueError:
        return frozenset()
