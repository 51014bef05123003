"""Adapter of many narratives in one ZIP or folder: each member is read as a file of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from indicators.sources.base import IndicatorSpec, Problem, ReadResult, Reason, Recognition, Severity
from indicators.sources.checks import unknown_layout
from indicators.sources.documents import Document, Media, UnreadableFile
from indicators.sources.tip_narratives.extraction import TipNarrativeExtraction
from indicators.sources.tip_narratives.pages import TipNarrativePages
from indicators.sources.tip_report import SOURCE, edition_rank

SUFFIXES: Final = frozenset({".txt", ".htm", ".html", ".json"})
LOOKED_AT: Final = 5
"""Members that are looked at to recognize an archive: one of them must be a narrative."""


class TipNarrativeArchive:
    key = "tip_narratives_archive"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = TipNarrativePages.indicators
    readers: Sequence[TipNarrativePages | TipNarrativeExtraction] = (TipNarrativePages(), TipNarrativeExtraction())

    def recognize(self, document: Document) -> Recognition | None:
        """Claim an archive of texts, pages, or JSON of which one of the first is a narrative."""
        if document.media not in (Media.ZIP, Media.FOLDER):
            return None
        names = _members(document)
        if not names or len(names) < len(_visible(document)) / 2:
            return None
        for member in _opened(document, names[:LOOKED_AT]):
            for reader in self.readers:
                if (claim := _claim(reader, member)) is not None:
                    because = f"{len(names)} files, of which {member.name} has {claim.because}"
                    return Recognition(edition=claim.edition, because=because)
        return None

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every member.

        A member that can't be read is a rejected row and keeps no other out. The edition is that of the newest report.
        Raises `UnreadableFile` if no member has a narrative.
        """
        whole = ReadResult(edition="", edition_rank=0, layout="archive of narratives")
        for member in _opened(document, _members(document)):
            try:
                part = self._read(member, edition)
            except UnreadableFile as fault:
                whole.problems.append(
                    Problem(Severity.REJECTED, Reason.UNREADABLE_FILE, fault.message, member.name, raw=member.name)
                )
                continue
            for reading in part.readings:
                reading.edition = reading.edition or part.edition
                reading.edition_rank = reading.edition_rank or part.edition_rank
            whole.rows_read += part.rows_read
            whole.readings += _located(part.readings, member.name)
            whole.problems += _located(part.problems, member.name)
            whole.narratives += _located(part.narratives, member.name)
            if part.edition_rank > whole.edition_rank:
                whole.edition, whole.edition_rank = part.edition, part.edition_rank
        if not whole.narratives:
            raise unknown_layout(
                document, "has no file with a country narrative", "Send the narratives as text, HTML, or JSON."
            )
        if edition:
            whole.edition, whole.edition_rank = edition, edition_rank(int(edition))
        return whole

    def _read(self, member: Document, edition: str) -> ReadResult:
        for reader in self.readers:
            if reader.recognize(member) is not None:
                return reader.read(member, edition)
        raise unknown_layout(
            member, "has no country narrative", "Save the whole page of the narrative as text or HTML."
        )


def _claim(reader: TipNarrativePages | TipNarrativeExtraction, member: Document) -> Recognition | None:
    try:
        return reader.recognize(member)
    except UnreadableFile:
        return None


def _visible(document: Document) -> list[str]:
    return [name for name in document.members if not PurePosixPath(name).name.startswith((".", "__"))]


def _members(document: Document) -> list[str]:
    return [name for name in _visible(document) if PurePosixPath(name).suffix.lower() in SUFFIXES]


def _opened(document: Document, names: Sequence[str]) -> Iterator[Document]:
    """Yield each member as a file under its own name, which may give the year of the report."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "member"
        for name in names:
            path.write_bytes(document.member(name))
            yield Document(path, PurePosixPath(name).name, document.limits)


def _located(part: Any, name: str) -> Any:
    """Return what was read from a member with its name before every locator."""
    if isinstance(part, list | tuple):
        return type(part)(_located(one, name) for one in part)
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if field.name == "locator":
            changed[field.name] = f"{name}: {value}" if value else name
        elif isinstance(value, list | tuple):
            changed[field.name] = _located(value, name)
    return dataclasses.replace(part, **changed)
