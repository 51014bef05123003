"""Encryption of backups: what comes back, and what is refused."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519

from cpc.recovery.encryption import (
    CHUNK,
    MAGIC,
    TAG,
    DecryptedReader,
    EncryptedWriter,
    Unreadable,
    private_key,
    public_key,
)

MAKERS: dict[str, Callable[[], Any]] = {
    "x25519": x25519.X25519PrivateKey.generate,
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 3072),
}
X25519 = x25519.X25519PrivateKey.generate()


def sealed(plain: bytes, key: Any = X25519, name: str = "files.tar", piece: int = 100_003) -> bytes:
    out = io.BytesIO()
    writer = EncryptedWriter(out, key.public_key(), name)
    for start in range(0, len(plain), piece):
        writer.write(plain[start : start + piece])
    writer.close()
    return out.getvalue()


def opened(stored: bytes, key: Any = X25519, name: str = "files.tar") -> bytes:
    return io.BufferedReader(DecryptedReader(io.BytesIO(stored), key, name)).read()


@pytest.mark.parametrize("maker", MAKERS)
def test_the_recipient_reads_what_was_written(maker: str) -> None:
    key = MAKERS[maker]()
    plain = os.urandom(CHUNK + 5)
    stored = sealed(plain, key)
    assert plain[:64] not in stored
    assert opened(stored, key) == plain
    assert sealed(plain, key) != stored, "each stream has a key of its own"
    with pytest.raises(Unreadable, match="for another key"):
        opened(stored, MAKERS[maker]())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
def test_every_size_around_a_chunk_comes_back(size: int) -> None:
    plain = bytes(range(256)) * (size // 256 + 1)
    stored = sealed(plain[:size])
    assert opened(stored) == plain[:size]
    for cut in (1, TAG, len(stored) - len(MAGIC) - 2):
        with pytest.raises(Unreadable, match=r"cut off|damaged"):
            opened(stored[:-cut])
    with pytest.raises(Unreadable, match="goes on after its last chunk"):
        opened(stored + b"x")


def chunks_of(stored: bytes) -> tuple[bytes, list[bytes]]:
    """Return what precedes the chunks, and each chunk with its length."""
    (length,) = struct.unpack(">I", stored[len(MAGIC) : len(MAGIC) + 4])
    at = len(MAGIC) + 4 + length
    head, found = stored[:at], []
    while at < len(stored):
        (size,) = struct.unpack(">I", stored[at : at + 4])
        found.append(stored[at : at + 4 + size])
        at += 4 + size
    return head, found


def test_no_chunk_is_moved_removed_repeated_or_taken_from_another_part() -> None:
    head, chunks = chunks_of(sealed(os.urandom(3 * CHUNK + 7)))
    first, second, third, last = chunks
    for wrong in ([second, first, third, last], [first, third, last], [first, first, third, last], [first, second]):
        with pytest.raises(Unreadable, match=r"damaged|cut off"):
            opened(head + b"".join(wrong))
    with pytest.raises(Unreadable, match="damaged"):
        opened(head + b"".join(chunks), name="database.dump")


def test_a_changed_bit_anywhere_is_refused() -> None:
    stored = sealed(b"roles and rows" * 50)
    for position in range(len(stored)):
        changed = bytearray(stored)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            opened(bytes(changed))


def test_keys_are_read_from_files(tmp_path: Path) -> None:
    pem = serialization.Encoding.PEM
    secret = serialization.BestAvailableEncryption(b"a passphrase")
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    private.write_bytes(X25519.private_bytes(pem, serialization.PrivateFormat.PKCS8, secret))
    public.write_bytes(X25519.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    stored = sealed(b"rows", private_key(private, "a passphrase"))
    assert opened(stored) == b"rows"
    assert public_key(public).public_bytes_raw() == X25519.public_key().public_bytes_raw()
    for passphrase, why in (
        ("", "has a passphrase. Set BACKUP_KEY_PASSPHRASE"),
        ("another", "its passphrase is another"),
    ):
        with pytest.raises(Unreadable, match=why):
            private_key(private, passphrase)
    with pytest.raises(Unreadable, match="no public key"):
        public_key(tmp_path / "absent.pem")
    small = rsa.generate_private_key(65537, 2048).public_key()
    public.write_bytes(small.public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(Unreadable, match="has 2048 bits"):
        public_key(public)
