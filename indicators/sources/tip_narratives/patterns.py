"""Regular expressions from lists of phrases, so that a rule reads like the phrases it knows."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> str:
    r"""Return the alternation of phrases, in which a space matches any whitespace: `any_of("at least", "over")`.

    A phrase may hold regular expressions of its own ("victims?").
    """
    return "(?:" + "|".join(phrase.replace(" ", r"\s+") for phrase in phrases) + ")"


def one_of(text: str) -> str:
    """Return the alternation of single terms, separated by spaces in `text`."""
    return any_of(*text.split())


def compiled(*patterns: str) -> re.Pattern[str]:
    """Return the alternation of whole patterns, in any case of letters."""
    return re.compile("|".join(patterns), re.I)
