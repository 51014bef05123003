"""Invisible characters: which ones count, where they are, and the text without them."""

from __future__ import annotations

import pytest

from cpc.text import hidden_characters, hidden_fault, without_hidden

ZWSP, ZWJ, ZWNJ, RLO = "\u200b", "\u200d", "\u200c", "\u202e"


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("plain\ttext\nof\r\ntwo lines", []),
        (f"a{ZWSP}b", [1]),
        (f"{RLO}abc", [0]),
        ("a\x00b", [1]),
        (f"می{ZWNJ}خواهم", []),
        (f"क्{ZWJ}ष", []),
        (f"a{ZWJ}b", [1]),
        (f"λ{ZWNJ}ω", [1]),
        (f"ж{ZWJ}", [1]),
        (f"{ZWJ}a", [0]),
        (f"1{ZWJ}", [1]),
        (f"\u0301{ZWJ}", [1]),
        (f"\u094d{ZWJ}", []),
        (f"-{ZWJ}", [1]),
        (f"a{ZWSP}b{RLO}c", [1, 3]),
    ],
)
def test_a_joiner_is_spelling_after_persian_or_hindi_and_hidden_elsewhere(text: str, positions: list[int]) -> None:
    assert sorted(at for at, _ in hidden_characters(text)) == positions
    assert without_hidden(text) == "".join(letter for at, letter in enumerate(text) if at not in positions)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Ghana", ""),
        (
            f"Gha{ZWSP}na{RLO}",
            "The text has an invisible character, U+200B (zero width space), after “Gha”. Delete it, or retype the "
            "text around it.",
        ),
        (
            f"{RLO}Ghana",
            "The text has an invisible character, U+202E (right-to-left override), at the start. Delete it, or retype "
            "the text around it.",
        ),
        (
            "A program of twenty letters\x1b.",
            "The text has an invisible character, U+001B (escape), after “am of twenty letters”. Delete it, or retype "
            "the text around it.",
        ),
        (
            "a\x02",
            "The text has an invisible character, U+0002 (control character), after “a”. Delete it, or retype the text "
            "around it.",
        ),
        (
            f"x{ZWJ}y{ZWSP}",
            "The text has an invisible character, U+200D (zero width joiner), after “x”. Delete it, or retype the text "
            "around it.",
        ),
    ],
)
def test_error_names_the_first_hidden_character_and_its_position(text: str, fault: str) -> None:
    assert hidden_fault(text) == fault
