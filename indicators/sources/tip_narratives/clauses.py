"""Clauses of a sentence: of whom each speaks, and what keeps it from naming a form of child trafficking.

A clause may deny what it names, tell of another country, or tell what officials did. The rules are lists of common
English terms and are open to inspection; the only country they know is the narrative's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indicators.sources.tip_narratives.patterns import any_of, compiled, one_of

CHILD = any_of(
    r"child(?:ren)?(?:'s|\u2019s)?(?!\s*-?care)",
    *("boys?", "girls?", "minors", "underage", "adolescents?", "teenage(?:rs?|d)?", "infants?", "bab(?:y|ies)"),
    *("daughters?", "sons", "pupils?", "orphans", "schoolgirls", "schoolboys", "talib[e\u00e9]s?", "restaveks?"),
)
_ADULT = one_of(
    "(?:wo)?m[ea]n adults? males? females? workers laborers migrants refugees asylum[-\\s]seekers persons? people "
    "individuals nationals citizens foreigners mothers employees farmers teachers students seafarers fishermen crew "
    "inmates prisoners"
)
_PERSONS = compiled(rf"\b(?:(?P<child>{CHILD})|(?P<adult>{_ADULT}))\b")
_BETWEEN_PERSONS = any_of(
    *("and", "or", "as well as", "including", "especially", "particularly", "mostly", "primarily", "both", "some"),
    *("many", "local", "foreign", "rural", "poor", "vulnerable", "indigenous", "undocumented", "unaccompanied"),
    *("increasingly", "to a lesser extent", "of", "the", "also", "migrant", "disabled", "transgender", "old", "older"),
    *("elderly", "homeless", "orphaned", "internally", "displaced", "street", "predominantly", "sometimes"),
    *("occasionally", "fewer", "ethnic", "minority", "working", "other", "most", "often", "frequently", "few", "a"),
    *("number", "victims", "young(?:er)?", "LGBTI", "[A-Z][A-Za-z-]+"),
)
_JOINED = re.compile(rf"(?:[\s,/()\u2014\u2013-]|\b{_BETWEEN_PERSONS}\b)*")
"""Text between the persons of one group: "men, women, and, increasingly, Romani children"."""

_NEW_SUBJECT = (
    r"(?:and\s+|with\s+)?(?:(?:some|others?|many|most|several|these|those|they|traffickers|women|men|boys|girls|children"
    r"|adults)\b|[A-Z]\w+\s+(?:women|men|boys|girls|children)\b)"
)
_SPLIT = compiled(
    r";\s+",
    r":\s+(?=[A-Z])",
    r",?\s+\b(?:but|while|whereas|although|though|however|yet)\b,?\s+",
    rf",\s+(?={_NEW_SUBJECT})",
)
"""Ends of clauses: a semicolon, a conjunction that contrasts, or a clause with a subject of its own."""
_LEADING = compiled(r"^(?:although|while|though|whereas|despite|unlike|in\s+contrast)\b[^,]*,\s+")

_NO = compiled(
    r"\b(?:no|not\s+any|without(?:\s+any)?|little|nor|lack\s+of)\s+(?:\w+[\s,]+){0,3}?"
    r"(?:evidence|reports?|indications?|cases?|instances?|information|signs?|proof)\b",
    r"\bnot\s+(?:\w+\s+){0,3}?(?:exploit\w*|subject\w*|forced|known|found|recruit\w*|used?|compel\w*|aware|verif\w+"
    r"|report\w*|receive|find)\b",
    r"\b(?:no\s+longer|neither|none|never|denied|den(?:y|ies)|ceased|stopped|rather\s+than|unlike|nor)\b",
    r"\bno\s+(?:children|child|boys|girls|minors)\b",
)
"""Beginning of a denial, which holds to the end of its clause."""
_ENDED = compiled(
    r"^(?:it|they|this|that|which|these|the\s+\w+)?\s*(?:(?:is|are|was|were|has|have|had|do|does|did)\s+)?(?:since\s+)?"
    r"(?:no\s+longer|not\s+(?:any\s*more|anymore)|ended|stopped|ceased)\b",
)
"""A clause that denies the one before it: "but it no longer does so"."""

_WHEN = (
    r"(?:\W*(?:in\s+(?:\d{4}|\w+\s+\d{4}|addition|response|november|may)|during\s+[^,]{3,60}|as\s+part\s+of[^,]{3,60}"
    r"|\w+ly|however|for\s+the\s+[^,]{3,40}),?\s+)?"
)
_BODIES = one_of(
    r"government authorities officials police polic\w+ ministry ministries courts? prosecutors? inspectors? parliament "
    r"law legislature workers ngos? organizations? unicef iom commission agency department enforcement rapporteur"
)
_OFFICIAL = compiled(rf"^{_WHEN}(?:the\s+)?(?:[\w'\u2019]+\s+){{0,4}}?{_BODIES}\b")
_HARMS = compiled(
    rf"\b{one_of('recruit forc compel coerc exploit subject mobiliz conscript abduct solicit')}\w*\b",
    r"\b(?:use[sd]?|using|traffick(?:s|ed)|vulnerable|at\s+risk)\b",
)
_REPORTS = compiled(
    r"\b(?:found|identified|has\s+records?|state[sd]?|note[sd]?|believe[sd]?)\b",
    rf"\b{one_of('report estimat alleg observ acknowledg suspect document express indicat claim contend assert')}\w*\b",
    rf"\b{one_of('verif receiv concern warn detect describ discover')}\w*\b",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence, and where in it children are spoken of.

    `spans` are the offsets in `text` between which they are. `denied` is the offset from which
    the clause denies what it names, or None. `official` is what officials did, which names no exploitation.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    denied: int | None
    official: bool

    def is_about_children(self, start: int, end: int) -> bool:
        return any(start < high and low < end for low, high in self.spans)

    def denies(self, at: int) -> bool:
        return self.denied is not None and at >= self.denied

    def is_where_sex_is_sold(self, at: int) -> bool:
        """Return True if the nearest term of exploitation is one of sex, so that what is named is where it happens."""
        heads = [*_HEADS.finditer(self.text)]
        before = [head for head in heads if head.start() < at]
        nearest = before[-1] if before else next(iter(heads), None)
        is_near = _NEAR.search(self.text, 0, at) is not None
        return is_near or (nearest is not None and nearest.group("sex") is not None)


_NEAR = compiled(r"\b(?:near|around|close\s+to)\s+(?:\w+\s+){0,3}$")
_SEX = any_of(
    r"sex(?:ual(?:ly)?)? (?:traffick|exploit|abus|servitude|slave|trade|acts?|work|tourism|industry)\w*",
    *(r"commercial(?:ly)? sex\w*", r"prostitut\w*", "sex with", r"engag\w+ in sex"),
)
_WORK = any_of(
    *(r"(?:forced )?labor\w*", "forced to", r"work\w*", "servitude", r"bond\w+", r"exploit\w*", r"begg?\w*"),
    *(r"vend\w*", r"compel\w*", r"subject\w*"),
)
_HEADS = compiled(rf"\b(?:labor\s+(?:and|or)\s+{_SEX}|(?P<sex>{_SEX})|{_WORK})\b")

_DEMAND = re.compile(
    r"\b(?:source|demand)\b[^.;]{0,60}\b(?:tourists?|tourism)\b|\btourism\s+(?:abroad|overseas|in\s+(?:foreign|other)\s+countries)|\b(?:men|citizens|nationals)\s+engage\s+in\s+(?:child\s+)?sex\s+tourism|\btravel\w*\s+(?:abroad|overseas|to\s+other)\b",
    re.I,
)


def is_elsewhere(clause: Clause, sentence: str, country: str) -> bool:
    """Return True if a clause is about children of another country there, or excludes `country`."""
    stem = _stem(country)
    if _DEMAND.search(clause.text):
        return True
    if re.search(rf"\bnot\s+(?:\w+\s+)?in\s+(?:the\s+)?{stem}", clause.text, re.I):
        return True
    if re.search(rf"\b{stem}", clause.text, re.I):
        return False
    named = re.findall(r"\b[Ii]n\s+(?:neighboring\s+|nearby\s+)?(?:the\s+)?([A-Z][a-z]{3,})", sentence)
    return any(re.search(rf"\b{_stem(name)}\w*\s+(?:{CHILD})\b", clause.text, re.I) for name in named)


def _stem(name: str) -> str:
    """Return the beginning that a country's name shares with the word for its people ("Beni" of Benin, Beninese)."""
    parts = [part for part in re.findall(r"[^\W\d_]{4,}", name) if part.casefold() not in _COMMON]
    return re.escape(max(parts, key=len, default=name)[:4])


_COMMON = frozenset(
    {"republic", "democratic", "islands", "united", "states", "kingdom", "people's", "saint", "south", "north"}
)


@dataclass(slots=True)
class Population:
    """Persons of whom the last clause spoke, whom a clause without persons of its own still means."""

    children: bool = False


def clauses(sentence: str, before: Population) -> Iterator[Clause]:
    """Yield the clauses of a sentence. `before` holds of whom the text last spoke, and is updated."""
    parts = list(_parts(sentence))
    ended = [bool(_ENDED.match(text)) for text in parts]
    for index, text in enumerate(parts):
        begins = index == 0
        spans, own = _spans(text, before.children and _continues(text, begins=begins))
        no = _NO.search(text)
        denied = no.start() if no else None
        if index + 1 < len(parts) and ended[index + 1]:
            denied = 0
        yield Clause(text, spans, denied, _is_official(text))
        if own:
            before.children = any(high > low for low, high in spans)


def _parts(sentence: str) -> Iterator[str]:
    start = 0
    lead = _LEADING.match(sentence)
    if lead:
        yield sentence[: lead.end()]
        start = lead.end()
    for mark in _SPLIT.finditer(sentence, start):
        if mark.start() > start:
            yield sentence[start : mark.start()]
        start = mark.end()
    if sentence[start:].strip():
        yield sentence[start:]


_PRONOUN = re.compile(
    r"^\W*(?:and\s+|with\s+|or\s+|as\s+|where\s+|who\s+|which\s+|(?:[Ww]ithin|[Ii]n)\s+[^,]{3,40},\s+)?"
    r"(?:(?:some|others?|many|most|several|a\s+few|these|those|the\s+majority)\s+(?:of\s+(?:them|these|those|whom)\s+)?"
    r"(?:are|were|is|was|have|had|may|might|can|become|work|also|face|end|fall|often|reportedly)|they)\b",
    re.I,
)


def _continues(text: str, *, begins: bool) -> bool:
    """Return True if a clause speaks of those whom the clause before named."""
    return not begins or bool(_PRONOUN.match(text)) or bool(re.search(r"\bth(?:em|ey)\b", text))


_APPOSITION = compiled("\u2014[^\u2014]{0,80}\u2014(?=\\s*(?:are|were|is|subject|who|vulnerable|exploit))")
"""Words between dashes that only describe the persons before them: "children—both citizens and foreign nationals—"."""


def _groups(text: str) -> list[tuple[int, int, bool]]:
    """Return the groups of persons in a text: where each begins and ends, and whether children are among them."""
    groups: list[list[int]] = []
    text = _APPOSITION.sub(lambda match: " " * len(match.group()), text)
    for match in _PERSONS.finditer(text):
        child = match.group("child") is not None
        if groups and _JOINED.fullmatch(text, groups[-1][1], match.start()):
            groups[-1][1] = match.end()
            groups[-1][2] |= child
        else:
            groups.append([match.start(), match.end(), child])
    return [(start, end, bool(child)) for start, end, child in groups]


_BACK = re.compile(
    r"\b(?:of|by|involving|among|against|from|for|with|include[sd]?|including|affects?|are)\s+(?:\w+\s+){0,3}$", re.I
)


def _spans(text: str, inherited: bool) -> tuple[tuple[tuple[int, int], ...], bool]:
    """Return where a clause speaks of children, and whether it names persons itself.

    A group of persons holds from its first word up to the next group. What comes before the first group belongs to
    those named before, or to that group, if there were none ("forced begging by children").
    """
    groups = _groups(text)
    if not groups:
        return (((0, len(text)),) if inherited else ()), False
    spans: list[tuple[int, int]] = []
    first = groups[0]
    if first[2] or inherited:
        spans.append((0, first[0]))
    for index, (start, _, child) in enumerate(groups):
        stop = groups[index + 1][0] if index + 1 < len(groups) else len(text)
        if child:
            spans.append((start, stop))
            # "sex trafficking of girls": what comes before belongs to the group as well.
            if index and _BACK.search(text, 0, start):
                spans.append((groups[index - 1][1], start))
    return tuple(_merged(sorted(spans))), True


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    low, high = 0, -1
    for start, end in spans:
        if high >= 0 and start <= high:
            high = max(high, end)
            continue
        if high >= 0:
            yield low, high
        low, high = start, end
    if high >= 0:
        yield low, high


def _is_official(text: str) -> bool:
    """Return True if the clause tells what officials or helpers did for victims, not that children are exploited."""
    subject = _OFFICIAL.match(text)
    if subject is None:
        return False
    verb = text[subject.end() : subject.end() + 60]
    return not (_HARMS.search(verb) or _REPORTS.search(verb))
