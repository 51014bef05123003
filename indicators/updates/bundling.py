"""Narratives that come together become one ZIP, so that they are read, previewed, and published as one import."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.tip_narratives import TIP_NARRATIVES

TEXTS: Final = frozenset({".txt", ".htm", ".html"})
MOST_BYTES: Final = 5 * 1024 * 1024
"""Most bytes of a narrative: the longest has a hundredth of them."""
_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Time of every member, so that the same files make the same ZIP."""


@dataclass(frozen=True, slots=True)
class Sent:
    """File as a person sent it."""

    name: str
    size: int
    chunks: Iterable[bytes]


def bundled(sent: Sequence[Sent]) -> list[Sent]:
    """Return the files with two or more narratives among them as one ZIP, where the first was.

    The ZIP has the files as they were sent, in the order of their names. Equal names are numbered.
    """
    found: list[Sent] = []
    narratives: list[tuple[str, bytes]] = []
    at = 0
    for one in sent:
        if PurePosixPath(one.name).suffix.lower() not in TEXTS or one.size > MOST_BYTES:
            found.append(one)
            continue
        content = b"".join(one.chunks)
        if _is_narrative(one.name, content):
            at = at if narratives else len(found)
            narratives.append((one.name, content))
        else:
            found.append(Sent(one.name, one.size, [content]))
    if len(narratives) == 1:
        name, content = narratives[0]
        found.insert(at, Sent(name, len(content), [content]))
    elif narratives:
        archive = _zipped(narratives)
        found.insert(at, Sent(f"narratives-{len(narratives)}.zip", len(archive), [archive]))
    return found


def _is_narrative(name: str, content: bytes) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        path.write_bytes(content)
        try:
            return TIP_NARRATIVES.recognize(Document(path, name)) is not None
        except UnreadableFile:
            return False


def _zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files):
            path = PurePosixPath(name.replace("\\", "/").rpartition("/")[2] or "narrative.txt")
            unique, number = path.name, 2
            while unique in taken:
                unique, number = f"{path.stem} ({number}){path.suffix}", number + 1
            taken.add(unique)
            archive.writestr(zipfile.ZipInfo(unique, _DAY), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
