"""REST representation of the results of a search."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import NullIfEmpty, example, text_field
from cpc.search.queries import Result, Source

EXAMPLE = {
    "count": 1,
    "samples": 0,
    "next": None,
    "previous": None,
    "kinds": [{"kind": "country", "name": "Countries", "count": 1}],
    "results": [
        {
            "kind": "country",
            "id": 42,
            "title": "Ghana",
            "about": "Country, Africa",
            "url": "/countries/GHA/",
            "is_sample": False,
            "passages": 3,
            "sources": [
                {
                    "kind": "narrative_section",
                    "id": 1207,
                    "name": "TIP Report narrative, 2018",
                    "part": "Prevention",
                    "url": "/data/narratives/31/#section-1207",
                    "snippet": "Work on <mark>cocoa</mark> farms &amp; in fishing.",
                    "passages": 2,
                }
            ],
            "other_sources": 1,
        }
    ],
}


class FoundSourceSerializer(RowSerializer[Source]):
    """The best passage of one source that has the terms."""

    kind = text_field("The kind of record, such as narrative_section or risk.")
    id = serializers.IntegerField(source="record", help_text="The number of the record.")
    name = text_field("The name of the source.", source="label")
    part = NullIfEmpty(source="detail", allow_null=True, help_text="The part of the source; null if it has no parts.")
    url = text_field("The path of the page that shows it, at the sentence where the browser can.")
    snippet = text_field("A sentence as HTML: `mark` is around the terms, all else is escaped.", source="snippet.html")
    passages = serializers.IntegerField(help_text="Number of passages of this source that have the terms.")


class FoundSubjectSerializer(RowSerializer[Result]):
    """One subject, such as a country or a partnership, with its best sources."""

    kind = text_field("The kind of subject, as in `kinds`.", source="subject.key")
    id = serializers.IntegerField(source="key.subject", help_text="The number of the subject.")
    title = text_field("The name of the subject.", source="described.title")
    about = text_field("One line that tells it from others.", source="described.line")
    url = NullIfEmpty(
        source="described.url", allow_null=True, help_text="The path of its page; null if the account has no such page."
    )
    is_sample = serializers.BooleanField(
        source="key.is_sample", help_text="True for invented records, which come last and count nowhere."
    )
    passages = serializers.IntegerField(help_text="Number of passages about it that have the terms.")
    sources = FoundSourceSerializer(many=True)
    other_sources = serializers.IntegerField(help_text="Number of sources that are not listed.")


@dataclass(frozen=True, slots=True)
class FoundKind:
    kind: str
    name: str
    count: int


class FoundKindSerializer(RowSerializer[FoundKind]):
    """The number of subjects of one kind, whichever kind is asked for."""

    kind = text_field("The kind, for the parameter `kind`.")
    name = text_field("The kind as pages show it.")
    count = serializers.IntegerField(help_text="Number of subjects of this kind. Samples do not count.")


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    count: int
    samples: int
    next: str | None
    previous: str | None
    kinds: list[FoundKind]
    results: list[Result]


@example("One result", EXAMPLE)
class SearchAnswerSerializer(RowSerializer[SearchAnswer]):
    """A page of subjects, best first, as far as the account may see them."""

    count = serializers.IntegerField(help_text="Number of subjects on all pages, without samples.")
    samples = serializers.IntegerField(help_text="Number of samples, which come after all others.")
    next = serializers.URLField(allow_null=True, help_text="URL of the next page.")
    previous = serializers.URLField(allow_null=True, help_text="URL of the previous page.")
    kinds = FoundKindSerializer(many=True)
    results = FoundSubjectSerializer(many=True)
