"""Sentences of the page of results, and the columns of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cpc.search.queries import Key, Match, Matches, Result, Source
from cpc.search.registry import Description
from cpc.web.exports import Cell
from cpc.web.formats import count_of, listing

MANY = 3
"""The fewest countries of which the first two are named."""
KINDS_NAMED = 5


def title(asked: str, found: Matches) -> str:
    """Return the title of a page: "Cocoa: 11 countries and 3 other records"."""
    counts = found.by_kind
    countries = sum(count for subject, count in counts.items() if subject.key == "country")
    others = sum(counts.values()) - countries
    parts = []
    if countries:
        parts.append(count_of(countries, "country", "countries"))
    if others:
        parts.append(count_of(others, "other record" if countries else "record"))
    if not parts:
        parts.append(count_of(found.samples, "sample record") if found.samples else "nothing found")
    return f"{asked[:1].upper()}{asked[1:]}: {' and '.join(parts)}"


def most_often(found: Matches) -> list[Match]:
    """Return the two countries with most passages, of several."""
    countries = [row for row in found.real if row.key.kind == "country"]
    return sorted(countries, key=lambda row: -row.passages)[:2] if len(countries) >= MANY else []


def summary(found: Matches, described: Mapping[Key, Description]) -> list[str]:
    """Return the sentences below the title: where it is most often, in what, and that samples do not count."""
    sentences = []
    names = [described[row.key].title for row in most_often(found) if row.key in described]
    if names:
        sentences.append(f"Most often {listing(names)}.")
    if kinds := found.passage_kinds:
        more = len(kinds) - KINDS_NAMED
        named = kinds[:KINDS_NAMED] + ([count_of(more, "other kind")] if more > 0 else [])
        sentences.append(f"Found in {listing(named)}.")
    if found.samples and found.real:
        sentences.append(
            f"{count_of(found.samples, 'sample record')} come last and count nowhere.".replace(
                "1 sample record come last and count", "1 sample record comes last and counts"
            )
        )
    return sentences


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of the file: a source of a result, or a result that its title alone matches."""

    result: Result
    source: Source | None


@dataclass(frozen=True, slots=True)
class FileColumn:
    label: str
    name: str
    width: int = 24

    def cell(self, row: FileRow) -> Cell:
        result, source = row.result, row.source
        values: dict[str, Cell] = {
            "kind": result.subject.one,
            "title": result.described.title,
            "about": result.described.line,
            "sample": result.key.is_sample,
            "passages": result.passages,
            "source": ", ".join(part for part in (source.label, source.detail) if part) if source else "",
            "snippet": source.snippet.text if source else "",
            "url": (source.url if source else result.described.url).partition(":~:")[0].rstrip("#"),
        }
        return values[self.name]


FILE = (
    FileColumn("Kind", "kind", 14),
    FileColumn("Title", "title", 40),
    FileColumn("About", "about", 40),
    FileColumn("Sample", "sample", 8),
    FileColumn("Passages", "passages", 10),
    FileColumn("Source", "source", 40),
    FileColumn("Best passage", "snippet", 80),
    FileColumn("URL", "url", 40),
)


def file_rows(results: Iterable[Result]) -> Iterable[FileRow]:
    for result in results:
        for source in result.sources or (None,):
            yield FileRow(result, source)
