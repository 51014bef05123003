"""Search: subjects by their passages, among those alone that the account may see.

What is hidden from an account is left out by the condition of the query, before anything is counted or ranked, and the
rank of a passage depends on its own text alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.search.models import Passage
from cpc.search.registry import Description, FoundPassage, Subject, findables, regions, subjects
from cpc.search.snippets import HIDDEN_SIGNS, SIGNS, START, STOP, Snippet, snippet_of
from cpc.text import HIDDEN

LONGEST_QUESTION = 200
SUBJECTS_A_PAGE = 10
SOURCES_SHOWN = 3
"""The most sources of one subject with a snippet; the others are counted."""
WEIGHED = 1_000
"""The most passages in which it counts how near the terms are. Of terms in more, the number of passages decides."""
CONFIGURATION = "public.cpc_english"
_UNSEEN = re.compile(HIDDEN + "|[\\x00\\s\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question: the text as typed, and the conditions that narrow it."""

    text: str
    from_year: int | None = None
    region: str = ""
    mine: bool = False
    over_rest: bool = False

    @property
    def plain(self) -> str:
        """Return the text on one line, without invisible characters."""
        return " ".join(_UNSEEN.sub(" ", self.text).split())


class UnclearQuestion(Exception):
    """A question that cannot be searched for; the message states why and what to type instead."""


@dataclass(frozen=True, slots=True)
class Key:
    kind: str
    subject: int
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Subject with passages: their number, and their kinds."""

    key: Key
    passages: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """All subjects that match, best first. Samples come last and are in no total."""

    rows: Sequence[Match]
    is_weighed: bool = True

    @property
    def real(self) -> list[Match]:
        return [row for row in self.rows if not row.key.is_sample]

    @property
    def by_kind(self) -> dict[Subject, int]:
        """Return the number of subjects of each kind that has any, in the order of the kinds. Samples do not count."""
        counts = Counter(row.key.kind for row in self.real)
        ordered = subjects.sorted(lambda subject: (subject.order, subject.key))
        return {subject: counts[subject.key] for subject in ordered if counts[subject.key]}

    @property
    def samples(self) -> int:
        return len(self.rows) - len(self.real)

    @property
    def passage_kinds(self) -> list[str]:
        """Return the plurals of the kinds of records that have the terms, in the order of their declaration."""
        found = {kind for row in self.real for kind in row.kinds}
        return list(dict.fromkeys(one.many for one in findables if one.kind in found))

    def of_kind(self, kind: str) -> list[Match]:
        return [row for row in self.rows if kind in ("", row.key.kind)]


@dataclass(frozen=True, slots=True)
class Source:
    """The best passage of one source of a subject; `passages` counts all of the source that match."""

    kind: str
    record: int
    label: str
    detail: str
    url: str
    snippet: Snippet
    passages: int


@dataclass(frozen=True, slots=True)
class Result:
    """Subject on a page of results, with its best sources; `other_sources` counts those not shown."""

    subject: Subject
    key: Key
    described: Description
    passages: int
    sources: Sequence[Source]
    other_sources: int


# ---- the question ----------------------------------------------------------------------------------------------------


def check_question(question: Question) -> None:
    """Raise `UnclearQuestion` if nothing can be found: without a word, or with too many characters."""
    text = question.plain
    if not text:
        raise UnclearQuestion("Enter a term to search for.")
    if len(text) > LONGEST_QUESTION:
        raise UnclearQuestion(
            f"The text has {len(text):,} characters. Search for at most {LONGEST_QUESTION}: a few terms are enough."
        )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT numnode(q), querytree(q) FROM ({_QUERY}) asked(q)", [text])  # noqa: S608  # a constant
        terms, required = cursor.fetchone()
    if not terms:
        raise UnclearQuestion(
            "Search leaves out signs and very common terms, such as “the” or “of”. Add a term that is less common."
        )
    if required in ("", "T"):
        raise UnclearQuestion("Every term has a minus, which leaves records out. Add a term that they should have.")


_QUERY = f"SELECT websearch_to_tsquery('{CONFIGURATION}', translate(%s, '{SIGNS}', '    '))"


def visible_to(user: User, *, over_rest: bool = False) -> Q:
    """Return the condition of the passages that an account may see, on pages or over REST."""
    allowed = [
        one
        for one in findables
        if (one.permission is None or user.allows(one.permission))
        and not (over_rest and one.rest_needs and not any(map(user.allows, one.rest_needs)))
    ]
    condition = Q(kind__in=[one.kind for one in allowed if one.rows is None])
    for one in allowed:
        if one.rows is not None:
            # Not `IN`: a table of millions is looked up by its key, where PostgreSQL finds that cheaper.
            condition |= Q(Exists(one.rows(user).order_by().filter(pk=OuterRef(one.rows_by))), kind=one.kind)
    return condition


def _passages(question: Question, user: User) -> QuerySet[Passage]:
    text = question.plain.translate(dict.fromkeys(map(ord, SIGNS), " "))
    rows = Passage.objects.filter(vector=SearchQuery(text, config=CONFIGURATION, search_type="websearch"))
    rows = rows.filter(visible_to(user, over_rest=question.over_rest))
    if question.from_year is not None:
        rows = rows.filter(year__gte=question.from_year)
    if question.mine:
        rows = rows.filter(author=user.pk)
    for region in regions:
        if question.region:
            rows = rows.filter(country__in=region.countries(question.region).order_by().values("pk"))
    return rows


# ---- which subjects --------------------------------------------------------------------------------------------------

_FOUND = ("id", "subject_kind", "subject", "is_sample", "kind", "record", "source", "year")
_COLUMNS = ", ".join(_FOUND)
_RANK = "(SELECT ts_rank_cd(p.vector, q.asked, 33) FROM search_passage p WHERE p.id = f.id)"
"""Rank of a passage: by its own text alone; the title has ten times the weight.

33 divides by the length, and keeps the rank below 1.
"""
_OWN = "(f.kind = f.subject_kind AND f.record = f.subject)"
_NOT_WEIGHED = f"(CASE WHEN {_OWN} THEN 0.5 ELSE 0.1 END)"

_SUBJECTS = f"""
WITH found({_COLUMNS}) AS MATERIALIZED ({{found}}), q(asked) AS ({_QUERY}),
size AS (SELECT count(*) AS passages FROM found)
SELECT f.subject_kind, f.subject, f.is_sample, count(*), array_agg(DISTINCT f.kind), (SELECT passages FROM size)
FROM found f CROSS JOIN q
GROUP BY f.subject_kind, f.subject, f.is_sample
ORDER BY f.is_sample,
    max(CASE WHEN (SELECT passages FROM size) > {WEIGHED} THEN {_NOT_WEIGHED} ELSE {_RANK} END)
        * (1 + ln(count(*))) DESC,
    f.subject_kind, f.subject
"""  # noqa: S608  # constants of ours


def matches(question: Question, user: User) -> Matches:
    """Return all subjects that have the terms, in one query. Call `check_question` before."""
    found = _compiled(_passages(question, user))
    if found is None:
        return Matches(())
    sql, values = found
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS.format(found=sql), [*values, question.plain])
        rows = cursor.fetchall()
    return Matches(
        [Match(Key(kind, subject, sample), count, tuple(kinds)) for kind, subject, sample, count, kinds, _ in rows],
        is_weighed=not rows or rows[0][-1] <= WEIGHED,
    )


def _compiled(rows: QuerySet[Passage]) -> tuple[str, Sequence[Any]] | None:
    try:
        sql, values = rows.order_by().values_list(*_FOUND).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, values


# ---- what a page shows -----------------------------------------------------------------------------------------------

_SHOWN = f"""
WITH found({_COLUMNS}) AS MATERIALIZED ({{found}}), q(asked) AS ({_QUERY}),
weighed AS (
    SELECT f.*, CASE WHEN %s THEN {_RANK} ELSE {_NOT_WEIGHED} END AS rank FROM found f CROSS JOIN q
),
numbered AS (
    SELECT w.*, count(*) OVER (PARTITION BY subject_kind, subject, is_sample, kind, source) AS passages,
        row_number() OVER (PARTITION BY subject_kind, subject, is_sample, kind, source ORDER BY rank DESC, id) AS nth
    FROM weighed w
),
best AS (
    SELECT n.*, count(*) OVER (PARTITION BY subject_kind, subject, is_sample) AS sources,
        row_number() OVER (
            PARTITION BY subject_kind, subject, is_sample ORDER BY rank DESC, year DESC NULLS LAST, id DESC
        ) AS position
    FROM numbered n WHERE nth = 1
)
SELECT f.subject_kind, f.subject, f.is_sample, f.kind, f.record, f.source, f.passages, f.sources, p.label, p.detail,
    ts_headline(
        '{CONFIGURATION}',
        translate(left(CASE WHEN {_OWN} THEN p.text ELSE concat_ws(E'\n', NULLIF(p.title, ''), p.text) END, 50000),
            '{SIGNS}', '{HIDDEN_SIGNS}'),
        q.asked, 'HighlightAll=TRUE, StartSel={START}, StopSel={STOP}'
    )
FROM best f JOIN search_passage p USING (id) CROSS JOIN q
WHERE f.position <= {SOURCES_SHOWN} ORDER BY f.position
"""  # noqa: S608  # constants of ours


def results(
    question: Question, shown: Sequence[Match], user: User, described: Mapping[Key, Description], *, is_weighed: bool
) -> list[Result]:
    """Return the results of a page with the descriptions of their subjects, in one query."""
    sources: dict[Key, list[Source]] = {}
    number_of_sources: dict[Key, int] = {}
    for *key_values, kind, record, source, passages, count, label, detail, headline in _read(
        question, shown, user, is_weighed=is_weighed
    ):
        key = Key(*key_values)
        if key not in described:
            continue
        number_of_sources[key] = count
        snippet = snippet_of(headline)
        if snippet:
            passage = FoundPassage(record, key.subject, source, described[key].url)
            url = _link(_url_of(kind, passage), snippet)
            sources.setdefault(key, []).append(Source(kind, record, label, detail, url, snippet, passages))
        else:  # only the title of the subject has the terms
            number_of_sources[key] -= 1
    return [
        Result(
            subject=_subject(row.key.kind),
            key=row.key,
            described=described[row.key],
            passages=row.passages,
            sources=sources.get(row.key, []),
            other_sources=number_of_sources.get(row.key, 0) - len(sources.get(row.key, [])),
        )
        for row in shown
        if row.key in described
    ]


def _read(question: Question, shown: Sequence[Match], user: User, *, is_weighed: bool) -> list[tuple[Any, ...]]:
    if not shown:
        return []
    wanted = Q()
    for row in shown:
        wanted |= Q(subject_kind=row.key.kind, subject=row.key.subject, is_sample=row.key.is_sample)
    found = _compiled(_passages(question, user).filter(wanted))
    if found is None:
        return []
    sql, values = found
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(found=sql), [*values, question.plain, is_weighed])
        return list(cursor.fetchall())


def describe(keys: Sequence[Key], user: User) -> Mapping[Key, Description]:
    """Return title and page of each subject, in one query for each kind."""
    found = {}
    for subject in subjects:
        wanted = {key.subject for key in keys if key.kind == subject.key}
        described = subject.describe(wanted, user) if wanted else {}
        found.update(
            {key: described[key.subject] for key in keys if key.kind == subject.key and key.subject in described}
        )
    return found


def _subject(kind: str) -> Subject:
    return next(subject for subject in subjects if subject.key == kind)


def _url_of(kind: str, passage: FoundPassage) -> str:
    return next(one for one in findables if one.kind == kind).url(passage)


def _link(url: str, snippet: Snippet) -> str:
    """Return the address of a passage, at its sentence; a download has none."""
    if not url:
        return ""
    return f"{url}{'' if '#' in url else '#'}{snippet.fragment}"
