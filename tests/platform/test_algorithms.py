"""Algorithms that FIPS 140-3 does not approve protect nothing here (docs/operations/hardening.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("cpc", "indicators", "selection", "partnerships")
NOT_APPROVED = frozenset({"md5", "sha1", "blake2b", "blake2s", "md4", "ripemd160"})


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in PRODUCT:
        for path in (ROOT / folder).rglob("*.py"):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def uses(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield where a module names an algorithm that is not approved, unless it says that it is not for security."""
    told = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(word.arg == "usedforsecurity" and getattr(word.value, "value", True) is False for word in node.keywords)
        for part in (node.func, *node.args)
    }
    for node in ast.walk(tree):
        if id(node) in told:
            continue
        if isinstance(node, ast.Attribute) and node.attr in NOT_APPROVED and getattr(node.value, "id", "") == "hashlib":
            yield node
        elif isinstance(node, ast.ImportFrom) and node.module == "hashlib":
            yield from (node for name in node.names if name.name in NOT_APPROVED)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() in NOT_APPROVED:
            yield node


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import hashlib\nhashlib.md5(b'')", 1),
        ("import hashlib\nhashlib.md5(b'', usedforsecurity=False)", 0),
        ("import hashlib\nhashlib.md5(b'', usedforsecurity=True)", 1),
        ("import hashlib\nhashlib.new('sha1', b'')", 1),
        ("from hashlib import sha1", 1),
        ("import hashlib\nhashlib.sha256(b'')", 0),
        ("salted_hmac('salt', 'value', algorithm='SHA1')", 1),
    ],
)
def test_uses_are_found(source: str, count: int) -> None:
    assert len(list(uses(ast.parse(source)))) == count


def test_product_names_approved_algorithms_only() -> None:
    found = [f"{path.relative_to(ROOT)}:{node.lineno}" for path, tree in sources() for node in uses(tree)]  # type: ignore[attr-defined]  # each has a line
    assert found == []


def test_keyed_digests_name_their_algorithm() -> None:
    """Django's `salted_hmac` takes SHA-1 if none is named."""
    unnamed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "salted_hmac"
        and not any(word.arg == "algorithm" for word in node.keywords)
    ]
    assert unnamed == []


WITHOUT = """
import hashlib

def refusing(function):
    def checked(*args, usedforsecurity=True, **kwargs):
        if usedforsecurity:
            raise ValueError("disabled for FIPS")
        return function(*args, usedforsecurity=False, **kwargs)
    return checked

for name in ("md5", "blake2b", "blake2s"):
    setattr(hashlib, name, refusing(getattr(hashlib, name)))
import os
os.environ |= {"DJANGO_SETTINGS_MODULE": "cpc.settings", "CPC_ENV": "development"}
import django
django.setup()
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.core.management import call_command
from django.middleware.csrf import get_token
from django.test import RequestFactory

from cpc.accounts.models import User

call_command("check")
assert settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
stored = make_password("four plain words together")
assert stored.startswith("pbkdf2_sha256$") and check_password("four plain words together", stored)
assert signing.loads(signing.dumps("value")) == "value"
assert User(password=stored).get_session_auth_hash()
assert get_token(RequestFactory().get("/"))
cache.set("key", "value")
make_template_fragment_key("part", ["a"])
print("done")
"""


def test_product_starts_and_signs_without_them() -> None:
    """A build of Python for FIPS refuses them unless the caller says that they are not for security.

    It has SHA-1, with which Django and pgtrigger make names.
    """
    done = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["done"], done.stderr
