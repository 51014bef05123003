"""Password validators for passwords that are long but still easy to guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

FEWEST_CHARACTERS = 6
LEFT_AT_LEAST = 8
"""Fewest letters that a password must have besides well-known names."""
SITE_NAMES = ("cpcpartnerships", "partnerships", "partnership", "cpc", "tipoffice", "childprotection")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")


class DistinctCharactersValidator:
    def validate(self, password: str, user: Any = None) -> None:
        distinct = len(set(password.casefold()))
        if distinct < FEWEST_CHARACTERS:
            raise ValidationError(
                f"This password has {distinct} different characters; use {FEWEST_CHARACTERS} or more.",
                code="password_few_characters",
            )

    def get_help_text(self) -> str:
        return f"Your password must contain at least {FEWEST_CHARACTERS} different characters."


class PatternValidator:
    """Rejects repetitions such as abcdabcdabcdab, and sequences of the alphabet, of digits, or of the keyboard."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.casefold()
        # A password that is half sequences has fewer letters to guess than the shortest password allowed.
        if _is_repeated(text) or 2 * _in_rows(text) > len(text):
            raise ValidationError(
                "This password repeats one part, or follows the alphabet, the digits, or the keyboard. Use several "
                "unrelated words.",
                code="password_pattern",
            )

    def get_help_text(self) -> str:
        return "Your password can't repeat one part or follow the alphabet, the digits, or the keyboard."


def _is_repeated(text: str) -> bool:
    return any(all(a == b for a, b in zip(text, text[size:], strict=False)) for size in range(1, len(text) // 2 + 1))


def _in_rows(text: str) -> int:
    """Count the steps from a character to the next one, or back to the one before, in runs of three or more."""
    steps = [_step(a, b) for a, b in pairwise(text)]
    return sum(step != 0 and step in (before, after) for before, step, after in _with_neighbors(steps))


def _with_neighbors(steps: list[int]) -> Iterable[tuple[int, int, int]]:
    return zip([0, *steps], steps, [*steps[1:], 0], strict=False)


def _step(first: str, second: str) -> int:
    if first.isalnum() and second.isalnum() and abs(ord(second) - ord(first)) == 1:
        return ord(second) - ord(first)
    for row in ROWS:
        if first in row and second in row and abs(row.index(second) - row.index(first)) == 1:
            return row.index(second) - row.index(first)
    return 0


class CommonPartValidator(CommonPasswordValidator):
    """Rejects a common password with added digits and signs, such as password1234567."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.casefold().strip()
        core = _ENDS.sub("", text)
        if core and core != text and len(core) < 14 and core in self.passwords:
            raise ValidationError(
                f"“{core}” is a common password, and attackers try it with digits and symbols first. "
                "Use several words.",
                code="password_common_part",
            )

    def get_help_text(self) -> str:
        return "Your password can't be a common password with digits or symbols around it."


class KnownNamesValidator:
    """Rejects a password that is little more than the user name, the person's name, or the name of this site."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.casefold()
        parts = re.split(r"[\W_]+", f"{getattr(user, 'username', '')} {getattr(user, 'name', '')}".casefold())
        names = sorted({*SITE_NAMES, *(word for word in parts if len(word) > 2)}, key=len, reverse=True)
        contained = [name for name in names if name in text]
        rest = text
        for name in names:
            rest = rest.replace(name, "")
        if contained and len(re.sub(r"[\W\d_]", "", rest)) < LEFT_AT_LEAST:
            raise ValidationError(
                f"This password is little more than “{contained[0]}”, which is easy to guess. Use several other words.",
                code="password_known_names",
            )

    def get_help_text(self) -> str:
        return "Your password can't be your user name, your name, or the name of this site with a little added."
