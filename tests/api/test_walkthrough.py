"""Commands of docs/api.md: run as written against a live server, they print the output that it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.services import issue_token
from indicators.bulk.services import build_newest
from tests.conftest import unavailable
from tests.cpc.people.grants import MONEY, WRITE, granted
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.small_world import make_world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"
END = "--- end of step ---"


def steps() -> list[tuple[str, str, str]]:
    """Return each block of commands with the kind and text of the block that shows its output.

    Both are empty if no such block follows.
    """
    blocks = re.findall(r"^```(sh|text|json)\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = []
    for index, (kind, text) in enumerate(blocks):
        if kind == "sh":
            following = blocks[index + 1] if index + 1 < len(blocks) else ("sh", "")
            found.append((text, *(following if following[0] != "sh" else ("", ""))))
    return found


def shape(value: Any) -> Any:
    """Return a document without its values, for comparison. Null stands for any value."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "value"


@pytest.mark.django_db(transaction=True)
def test_every_command_prints_what_the_page_shows(live_server: LiveServer, tmp_path: Path, settings: Settings) -> None:
    if not shutil.which("curl"):
        unavailable("curl is not installed")
    settings.MEDIA_ROOT = tmp_path / "media"
    make_world(tmp_path)
    build_newest()
    owner = make_account(Role.API_CLIENT)
    issued = issue_token(owner=owner, name="Walk-through", scopes=scopes_for(owner.permissions), days=1)
    stage = Stage()
    stage.draft()
    program = granted(make_account(Role.API_CLIENT, username="feed"), WRITE, MONEY, responsible=stage.analyst)
    writing = issue_token(owner=program, name="Hand in", scopes=[WRITE, MONEY], days=1)
    walk = steps()
    assert len(walk) >= 9
    script = "\n".join(["set -euo pipefail", *(f"{commands}\nprintf '\\n%s\\n' '{END}'" for commands, *_ in walk)])
    environment = os.environ | {
        "SITE": live_server.url,
        "TOKEN": issued.secret,
        "WRITE_TOKEN": writing.secret,
        "no_proxy": "*",
    }
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    printed = done.stdout.split(f"\n{END}\n")
    assert done.returncode == 0, f"step {len(printed)} failed:\n{walk[len(printed) - 1][0]}\n{done.stdout}{done.stderr}"
    for (commands, kind, shown), answer in zip(walk, printed, strict=False):
        if kind == "text":
            assert answer.strip() == shown.strip(), commands
        elif kind == "json":
            assert shape(json.loads(answer)) == shape(json.loads(shown)), commands
