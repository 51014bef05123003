"""Panels on the result of a publication or statement, such as what it changes in a ranking.

Apps that import this one register theirs in `AppConfig.ready`. Pages of data show them; see `results`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.safestring import SafeString

from cpc.registry import Registry


@dataclass(frozen=True, slots=True)
class ChangedData:
    """Change of the data: the publication of this number, or a statement recorded or withdrawn at this moment."""

    number: int | None = None
    moment: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ResultPanel:
    """Panel of one app: `render` returns a whole section, or "" if it has nothing to show to the user."""

    key: str
    render: Callable[[HttpRequest, ChangedData], SafeString]


panels: Registry[ResultPanel] = Registry(key=lambda panel: panel.key)
register = panels.add


def results(request: HttpRequest, change: ChangedData) -> list[SafeString]:
    return [text for panel in panels if (text := panel.render(request, change))]
