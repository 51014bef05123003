"""Parsing of request bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

_SURROGATE = re.compile("[\ud800-\udfff]")


class JSONParser(parsers.JSONParser):
    """Parser for JSON that Python can parse at its depth and PostgreSQL can store as UTF-8 text."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the body as plain data.

        Raises `ParseError` for invalid JSON, excessive nesting, or an incomplete character.
        """
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply. Nothing was saved.") from error
        if _holds_surrogate(data):
            raise ParseError(
                "The body has half of a surrogate pair, such as \\ud800 alone, which is not a character. Send the "
                "whole character. Nothing was saved."
            )
        return data


def _holds_surrogate(data: Any) -> bool:
    # A list of remaining values, since recursion would fail on deep nesting.
    left = [data]
    while left:
        item = left.pop()
        if isinstance(item, str):
            if _SURROGATE.search(item):
                return True
        elif isinstance(item, dict):
            left += [*item, *item.values()]
        elif isinstance(item, list):
            left += item
    return False
