"""Encryption of a stream for one recipient: whoever makes a backup needs the public key, and cannot read it.

The format, version 1 (also in docs/operations/recovery.md):

    "CPC-ENCRYPTED-1\\n", the length of the header (4 bytes, big-endian), the header (JSON in UTF-8), then chunks.

The header names the algorithm, the recipient's key by the SHA-256 of its SubjectPublicKeyInfo, and how the key of the
stream is found: RSA wraps it with OAEP (SHA-256); X25519 and ECDH on P-256, P-384, and P-521 agree on it with an
ephemeral key, through HKDF-SHA-256 over the whole header without the field "key". A chunk is its length (4 bytes) and
AES-256-GCM ciphertext of at most 1 MiB; its nonce is 11 bytes of the number of the chunk and one byte that is 1 for the
last chunk only, so that no chunk can be removed, moved, or cut off. The additional data of each chunk are the header
and the name of the stream.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"CPC-ENCRYPTED-1\n"
CHUNK = 1024 * 1024
TAG = 16
LONGEST_HEADER = 64 * 1024
SMALLEST_RSA = 3072
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Unreadable(Exception):
    """A stream that is damaged, cut off, or not for this key; the message is a sentence with the remedy."""


class Writable(Protocol):
    def write(self, data: bytes, /) -> Any: ...


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def public_key(path: Path) -> Any:
    """Return the public key of a PEM file. Raises `Unreadable` if it holds none that can be used."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable(f"{path} is no public key in PEM: {error}.") from error
    return _usable(key, path)


def private_key(path: Path, passphrase: str = "") -> Any:
    """Return the private key of a PEM file. Raises `Unreadable` if there is none, or for a wrong passphrase."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode() or None)
    except TypeError as error:
        needs = "has a passphrase. Set BACKUP_KEY_PASSPHRASE" if not passphrase else "has no passphrase"
        raise Unreadable(f"The private key in {path} {needs}.") from error
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable(f"{path} is no private key in PEM, or its passphrase is another: {error}.") from error
    _usable(key.public_key(), path)
    return key


def _usable(key: Any, path: Path) -> Any:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        raise Unreadable(f"The RSA key in {path} has {key.key_size} bits. Use one of {SMALLEST_RSA} or more.")
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | x25519.X25519PublicKey):
        raise Unreadable(f"{path} has a key of another kind. Use RSA, an elliptic curve of NIST, or X25519.")
    return key


def fingerprint(key: Any) -> str:
    """Return the SHA-256 of a public key, by which the header names it."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key.public_bytes(*form)).hexdigest()


def _agreed(private: Any, public: Any) -> bytes:
    made: bytes = private.exchange(ec.ECDH(), public) if hasattr(private, "curve") else private.exchange(public)
    return made


def _derived(shared: bytes, header: dict[str, Any]) -> bytes:
    bound = json.dumps({name: header[name] for name in sorted(header) if name != "key"}).encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=bound).derive(shared)


class EncryptedWriter:
    """Encrypts what is written to it, for the holder of the private key; `close` writes the last chunk."""

    def __init__(self, out: Writable, recipient: Any, name: str) -> None:
        header: dict[str, Any] = {"cipher": "AES-256-GCM", "recipient": fingerprint(recipient)}
        if isinstance(recipient, rsa.RSAPublicKey):
            key = os.urandom(32)
            header |= {"agreement": "RSA-OAEP-SHA256", "key": _text(recipient.encrypt(key, OAEP))}
        else:
            is_curve = isinstance(recipient, ec.EllipticCurvePublicKey)
            own: Any = ec.generate_private_key(recipient.curve) if is_curve else x25519.X25519PrivateKey.generate()
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            header |= {
                "agreement": f"ECDH-{recipient.curve.name}" if is_curve else "X25519",
                "ephemeral": _text(own.public_key().public_bytes(*form)),
            }
            key = _derived(_agreed(own, recipient), header)
        written = json.dumps(header).encode()
        self._out, self._cipher, self._bound = out, AESGCM(key), written + name.encode()
        self._left, self._number = bytearray(), 0
        out.write(MAGIC + struct.pack(">I", len(written)) + written)

    def write(self, data: bytes) -> int:
        self._left += data
        while len(self._left) > CHUNK:  # the last chunk is known only at the end
            self._chunk(bytes(self._left[:CHUNK]), is_last=False)
            del self._left[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._chunk(bytes(self._left), is_last=True)

    def _chunk(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, self._bound)
        self._out.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


class DecryptedReader(io.RawIOBase):
    """Reads an encrypted stream as it was before. Raises `Unreadable` for each byte that is not as it was written."""

    def __init__(self, source: Readable, private: Any, name: str) -> None:
        self._source = source
        written, header = _header(source)
        if header.get("recipient") != fingerprint(private.public_key()):
            raise Unreadable(
                f"It is encrypted for another key, the one with the SHA-256 {str(header.get('recipient'))[:16]}..."
            )
        try:
            key = _key_of(header, private)
        except (ValueError, KeyError, TypeError, UnsupportedAlgorithm) as error:
            raise Unreadable(f"{name} does not open with this key: its header is damaged.") from error
        self._cipher, self._bound, self._name = AESGCM(key), written + name.encode(), name
        self._plain = self._chunks()
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._plain, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _chunks(self) -> Iterator[bytes]:
        number, is_last = 0, False
        while not is_last:
            (length,) = struct.unpack(">I", _exactly(self._source, 4, self._name))
            if not TAG <= length <= CHUNK + TAG:
                raise Unreadable(f"{self._name} is damaged at chunk {number + 1:,}.")
            sealed = _exactly(self._source, length, self._name)
            plain = None
            for is_last in (False, True):
                with suppress(InvalidTag):
                    plain = self._cipher.decrypt(_nonce(number, is_last=is_last), sealed, self._bound)
                    break
            if plain is None:
                raise Unreadable(f"{self._name} is damaged at chunk {number + 1:,}, or its parts were exchanged.")
            yield plain
            number += 1
        if self._source.read(1):
            raise Unreadable(f"{self._name} goes on after its last chunk.")


def _header(source: Readable) -> tuple[bytes, dict[str, Any]]:
    """Return the header as it is written, and its fields."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unreadable("It is not encrypted by this product, or its first bytes are damaged.")
    (length,) = struct.unpack(">I", _exactly(source, 4, "The header"))
    if length > LONGEST_HEADER:
        raise Unreadable("Its header is damaged.")
    written = _exactly(source, length, "The header")
    try:
        header = json.loads(written)
    except ValueError as error:
        raise Unreadable("Its header is damaged.") from error
    return written, header if isinstance(header, dict) else {}


def _key_of(header: dict[str, Any], private: Any) -> bytes:
    if isinstance(private, rsa.RSAPrivateKey):
        return private.decrypt(base64.b64decode(header["key"]), OAEP)
    ephemeral = serialization.load_der_public_key(base64.b64decode(header["ephemeral"]))
    return _derived(_agreed(private, ephemeral), header)


def _exactly(source: Readable, length: int, name: str) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = source.read(length - len(found))
        if not piece:
            raise Unreadable(f"{name} is cut off: the end is missing.")
        found += piece
    return bytes(found)
