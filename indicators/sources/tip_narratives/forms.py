"""Forms of child trafficking that a narrative names, suggested to the analyst with the sentence.

The rule is the same for every form and open to inspection: a clause of the profile (else of the introduction) that is
about children and has a word of the form. If the form's word also has harmless uses (a farm, a bus, a hotel), its
sentence must mention force or exploitation as well. A clause that denies what it names, is
about another country, or tells what officials did names no form, and work is not named by where sex is sold
(`clauses`). The analyst confirms or rejects each suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indicators.sources.base import FormReading
from indicators.sources.tip_narratives.blocks import Block
from indicators.sources.tip_narratives.clauses import Clause, Population, clauses, is_elsewhere
from indicators.sources.tip_narratives.sentences import LONGEST, sentences

EXPLOITATION_WORDS = re.compile(
    r"\b(?:forc(?:e|es|ed|ing|ibly)|compel\w*|coerc\w*|exploit\w*|traffick\w*|servitude|bond(?:ed|age)|slave\w*|"
    r"enslav\w*|subject(?:s|ed|ing)?\s+(?:\w+\s+){0,6}to|victims?|unpaid|without\s+pay|vulnerable|at\s+(?:\w+\s+)?risk|child\s+labor|abus\w+|indebted|debts?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class FormRule:
    """Rule of one form: its name and pattern, and what keeps a match from naming the form.

    `exploited` if the sentence must mention exploitation, `work` if the form is work in a sector, `unless`
    as a pattern of what must not come before in the clause, `lure` if a match may tell of a promise.
    """

    form: str
    pattern: str
    exploited: bool = False
    work: bool = False
    unless: str = ""
    lure: bool = False


RULES: tuple[FormRule, ...] = (
    FormRule(
        "Child sex trafficking",
        r"sex(?:ual)?\s+traffick|sex\s+trade|commercial(?:ly)?\s+sex|prostitut|sexual(?:ly)?\s+(?:slave|servitude|exploit)"
        r"|brothels?\b|bacha\s+bazi",
    ),
    FormRule(
        "Online sexual exploitation of children",
        r"(?:online|internet|live-?stream|webcam|cyber|social\s+media)[^.;]{0,80}(?:sex|pornograph)"
        r"|(?:sex|pornograph)[^.;]{0,80}(?:online|internet|live-?stream|webcam|cyber)"
        r"|child\s+sexual\s+abuse\s+material|child\s+pornograph|pornograph",
    ),
    FormRule(
        "Child sex tourism",
        r"sex\s+touris|\btourists?\b[^.;]{0,100}\bsex"
        r"|\bsex\w*[^.;]{0,140}\b(?:tourists|travell?ers|tourist\s+(?:destination|area|site|resort)s?)\b"
        r"|travel(?:s|ed|ing)?\s+[^.;]{0,60}sex\s+with\s+children",
    ),
    FormRule("Forced begging", r"\bbeg(?:s|ged|ging|gars?)?\b"),
    FormRule(
        "Begging and labor imposed by religious schools",
        r"talib[e\u00e9]s?\b|marabouts?\b|daaras?\b|(?:quran|qur'an|qur\u2019an|koran)ic|madras+as?\b|madrassahs?\b"
        r"|almudos?\b|garibous?\b|(?:religious|islamic)\s+(?:schools?|teachers?|instructors?)",
        exploited=True,
    ),
    FormRule(
        "Domestic servitude",
        r"domestic\s+(?:servitude|servants?|slaver|work|labor|service|help)|household\s+(?:work|servants?|chores)"
        r"|restaveks?\b|criadazgo|\bcriaditas?\b|housemaids?\b",
        exploited=True,
        lure=True,
    ),
    FormRule(
        "Child soldiering and use by armed groups",
        r"child\s+(?:soldier|combatant|recruit)|\b(?:as|boy|girl)\s+soldiers?\b|soldiering|armed\s+(?:group|conflict|force|opposition|wing)"
        r"|militias?\b|combatants?\b|insurgen|guerrilla|rebel|paramilitar|suicide\s+(?:bomb|attack)"
        r"|terrorist|extremist|separatist|weaponry|military\s+(?:training|conscription)"
        r"|recruit\w*\s+and\s+us\w+\s+(?:of\s+)?(?:child|boys|girls)",
    ),
    FormRule(
        "Forced and early marriage",
        r"(?:forc\w+|early|child|fraudulent|sham|temporary|servile|arranged)[^.;]{0,40}\bmarri|\bmarriages?\b(?!\s+proposal)|\bmarry\b|\bbrides?\b",
        exploited=True,
    ),
    FormRule(
        "Forced criminal activity",
        r"criminal(?:ity|\s+(?:activit|acts?\b|behavior|enterpris))"
        r"|(?:forc|compel|coerc|induc|exploit)\w*[^.;]{0,80}\b(?:commit\w*\s+(?:petty\s+)?crimes?|unlawful\s+acts?|steal\w*|drugs?(?!\s+addict)|gangs?)\b"
        r"|\bgangs?\b[^.;]{0,60}(?:forc|compel|coerc|exploit)|drug\s+(?:traffick|smuggl|produc|couri|mule|sal|sell)"
        r"|(?:produc|sell|transport|smuggl)\w*\s+(?:\w+\s+){0,3}drugs|pickpocket|shoplift|burglar|\btheft|\bsteal"
        r"|cannabis|marijuana|\bcoca\b|illicit\s+(?:activit|crop)|\bpopp(?:y|ies)\b",
        exploited=True,
    ),
    FormRule(
        "Street vending",
        r"\bvend(?:ing|ors?|ed)\b|\bhawk(?:ing|ers?)\b|peddl|street\s+(?:sell|trad|work|hawk)"
        r"|sell(?:ing)?\s+[^.;]{0,40}\bstreets?\b",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Agriculture",
        r"agricultur|(?<!cannabis )(?<!marijuana )\bfarm(?:s|ing|ers?|work)?\b|plantations?\b|\bcocoa\b"
        r"|\bcotton\b|\bcoffee\b|\bsugar|\btea\b|tobacco"
        r"|palm\s+oil|\bbananas?\b|\brubber\b|\bvanilla\b|harvest(?!\w*\s+illicit)"
        r"|(?<!illicit )\bcrops?\b|\brice\b|\bkhat\b|\bflowers?\b|floricultur",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Herding",
        r"\branch(?:es|ing)?\b|\bherd(?:ing|ers?|s|sm[ae]n)?\b|shepherd|\bcattle\b|livestock|animal\s+husbandry|pastoral",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Fishing", r"\bfish(?:ing|er(?:y|ies|men|man|s)?|\b)|aquacultur|\bshrimp|seafood", exploited=True, work=True
    ),
    FormRule(
        "Mining and quarrying",
        r"\bmin(?:es?|ing|ers?)\b|quarr(?:y|ies|ying)|stone[- ](?:break|crush)|gold\s+pann",
        exploited=True,
        work=True,
    ),
    FormRule("Brick kilns", r"\bbricks?\b|brick-?(?:kiln|mak)|\bkilns?\b", exploited=True, work=True),
    FormRule(
        "Carpets, textiles and garments",
        r"carpets?\b|textiles?\b|garments?\b|embroider|\bweav|\bsewing\b|\bsilk\b|\blooms?\b|tailor",
        exploited=True,
        work=True,
    ),
    FormRule("Construction", r"\bconstruction\b", exploited=True, work=True),
    FormRule(
        "Factories and workshops",
        r"(?<!garment )(?<!brick )(?<!textile )(?<!carpet )\bfactor(?:y|ies)\b"
        r"|workshops?\b|sweatshops?\b|(?<!garment )(?<!textile )manufactur|\bbaker(?:y|ies)\b",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Hotels, restaurants and bars",
        r"\brestaurants?\b|\bhotels?\b|\bbars\b|hospitality|\bcantinas?\b|nightclubs?\b",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Logging, charcoal and timber", r"\blogging\b|charcoal|\btimber\b|saw\s?mills?", exploited=True, work=True
    ),
    FormRule(
        "Porters, mechanics and transport",
        r"\bporter(?:s|ing)?\b|\bcooks\b|mechanic|\bauto(?:mobile)?\s+repair|minibus"
        r"|transport(?:ation)?\s+sector|\bload(?:ers|ing)\b",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Scavenging", r"scaveng|garbage|\btrash\b|rubbish|landfill|waste\s+(?:pick|collect)", exploited=True, work=True
    ),
    FormRule(
        "Debt bondage",
        r"debt[- ](?:bond|slav|coerc)|debt\s+bondage|bonded\s+(?:labor|child)|indentured|indebted"
        r"|pay(?:ing)?\s+off\s+(?:\w+\s+){0,3}debts?",
    ),
    FormRule(
        "Hereditary and customary slavery",
        r"hereditary|descent-based|caste-based|slave\s+(?:caste|class)|traditional\s+slaver|ritual\s+servitude|trokosi"
        r"|customary\s+servitude|slavery\s+practices",
    ),
    FormRule(
        "Trafficking from orphanages and institutions",
        r"orphanages?\b|children(?:'|\u2019)s\s+homes?\b|child-?\s?care\s+(?:institution|home|facilit)"
        r"|state-run\s+(?:institution|orphan|home|residential)|foster\s+(?:care|home)|residential\s+(?:care|institution)",
        exploited=True,
        unless=r"\b(?:plac|shelter|hous(?:e|ed|ing)\b|refer|accommodat|assist|car(?:ed|ing)\s+for)\w*[^.;]*$",
    ),
    FormRule(
        "Sports trafficking",
        r"\bsports?\b|football|soccer|baseball|\bathlet|camel\s+(?:jock|rac)|\bjockeys?\b",
        exploited=True,
        work=True,
    ),
    FormRule(
        "Illegal adoption",
        r"(?:illegal|fraudulent|informal|sham)\s+adoption|baby\s+(?:factor|sell|market)"
        r"|sale\s+of\s+(?:babies|infants)",
    ),
)

FORMS: tuple[str, ...] = tuple(rule.form for rule in RULES)
"""Closed vocabulary, in the order in which forms are reported."""

_INSTEAD = re.compile(r"\b(?:instead|subsequently|then)\b[^.;]{0,60}\b(?:sex|prostitut)", re.I)
"""Text after work that was only promised ("instead subjected to sex trafficking"): that work is no form."""

_COMPILED = tuple((rule, re.compile(rf"(?:{rule.pattern})", re.I)) for rule in RULES)


def forms_in(sections: Iterable[tuple[str, Iterable[Block]]], country: str) -> list[FormReading]:
    """Return each form once, with the first sentence that names it in the narrative of `country`.

    Sections come in order of preference.
    """
    by_form: dict[str, FormReading] = {}
    for kind, blocks in sections:
        for block in blocks:
            before = Population()
            for number, (offset, sentence) in enumerate(sentences(block.text), start=1):
                if len(sentence) > LONGEST:
                    continue
                for form in forms_of(sentence, country, before):
                    if form not in by_form:
                        by_form[form] = FormReading(form, sentence, kind, block.locator_of(offset, "sentence", number))
    return [by_form[form] for form in FORMS if form in by_form]


def forms_of(sentence: str, country: str, before: Population | None = None) -> Iterator[str]:
    """Yield the forms that a sentence of a country's narrative names; `before` is whom the text spoke of last."""
    if sentence.startswith("RECOMMENDATIONS"):
        return
    exploited = EXPLOITATION_WORDS.search(sentence) is not None
    for clause in clauses(sentence, before or Population()):
        if clause.official or not clause.spans or is_elsewhere(clause, sentence, country):
            continue
        for rule, pattern in _COMPILED:
            if (exploited or not rule.exploited) and any(
                _names(clause, rule, m) for m in pattern.finditer(clause.text)
            ):
                yield rule.form


def _names(clause: Clause, rule: FormRule, match: re.Match[str]) -> bool:
    """Return True if a word of a form, in its clause, names the form."""
    if not clause.is_about_children(match.start(), match.end()) or clause.denies(match.start()):
        return False
    if (rule.work or rule.lure) and _INSTEAD.search(clause.text, match.end()):
        return False
    if rule.unless and re.search(rule.unless, clause.text[: match.start()], re.I):
        return False
    return not (rule.work and clause.is_where_sex_is_sold(match.start()))
