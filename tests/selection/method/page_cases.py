"""Page cases for the method room."""

from __future__ import annotations

from tests.support.page_cases import BOTH, SCORES, Look, PageCase

CASES = (PageCase("method", Look("method", roles=SCORES, states=BOTH)),)
