"""Codes of errors of the database."""

from __future__ import annotations

from django.db import Error

from cpc.validation import _constraint_name, _constraints


def constraint_code(error: Error) -> str:
    """Return the code of a database error that comes from a rule; empty for any other error.

    A constraint has the code in its `violation_error_code`; a trigger raises its code as the name of the constraint.
    """
    name = _constraint_name(error)
    return _constraints().get(name, (name, ""))[0]
