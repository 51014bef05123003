"""Errors of one field."""

from __future__ import annotations

from cpc.validation import field_error


def test_percent_sign_in_an_error_of_a_field_stays_single() -> None:
    error = field_error("reason", "It is 50% done.", "reason")
    assert error.message_dict == {"reason": ["It is 50% done."]}
    assert [one.code for one in error.error_dict["reason"]] == ["reason"]
