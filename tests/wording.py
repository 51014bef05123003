"""Word list: retired words and spellings, docstring openings, and class names defined twice, held to budgets.

Each rule counts what it finds in the tracked files and fails above its budget in `wording_budgets.txt`. Budgets only
fall: after an improvement, run `python -m tests.wording --tighten` and commit the file. `python -m tests.wording RULE`
lists every place that a rule finds; above a budget, the lines that you added are listed. A publisher's own words are
exempt in `ALLOWED`, each with its reason.

The goals: no British spelling, no class name twice in an app, and at most 30 docstrings that open with a question word.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUDGETS = Path(__file__).with_name("wording_budgets.txt")
APPS = ("cpc", "indicators", "selection", "partnerships")

SPELLINGS = {
    "behaviour": "behavior",
    "cancelled": "canceled",
    "catalogue": "catalog",
    "centre": "center",
    "colour": "color",
    "initialise": "initialize",
    "labelled": "labeled",
    "labour": "labor",
    "licence": "license",
    "misspelt": "misspelled",
    "neighbour": "neighbor",
    "normalis": "normaliz",
    "organis": "organiz",
    "programme": "program",
    "recognis": "recogniz",
    "summaris": "summariz",
}
"""British spellings, also inside names, and the American ones. Add a spelling here if no rule finds it."""

RETIRED = {
    "act": "action, step",
    "acts": "actions, steps",
    "alike": "both, the same",
    "anew": "again",
    "gate": "precondition",
    "gates": "preconditions",
    "kept": "curated, stored",
    "nobody": "no one",
    "paper": "document, attachment",
    "papers": "documents, attachments",
    "place": "URL, link, tab, cell",
    "places": "URLs, links, tabs, cells",
    "refusal": "validation error",
    "refusals": "validation errors",
    "said": "recorded, shown",
    "says": "names, shows",
    "standing": "status, position",
    "stands": "is",
    "thing": "object, record",
    "things": "objects, records",
    "told": "notified",
    "words": "label, text",
}
"""Words that the glossary retired, and what to write instead. Some uses are right: their budgets end above zero."""

OPENINGS = ("How", "What", "When", "Where", "Whether")

ALLOWED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "labour": (
        ("*", r"child[ _-]labour", "UNICEF's own term and the keys of its series: “Child labour”"),
        (
            "*",
            r"labour (force|market)",
            "titles of publishers' series",
        ),
        ("*", r"(international|ministry of|minister of|department of) labour", "names of organizations"),
        ("*unicef*", "labour", "headings of UNICEF's workbook"),
        ("*/usg_programs.py", "childlabour", "a spelling that a filled form may have"),
        ("*/real_partnerships.json", "employment and labour relations", "the name of a ministry of Ghana"),
    ),
    "refusal": (("*/changes.md", "limit_exception_refusal", "the name of a table"),),
    "programme": (("*/real_partnerships.json", "free-the-slaves-programme-", "the address of a page"),),
    "centre": (("*", r"centre for|research centre", "names of organizations"),),
    "catalogue": (("*", r"data catalogue", "the title of a publisher's page"),),
    "normalis": (("*/test_reference.py", r"asem_normalised\.csv", "the name of a published file of COINr"),),
    "place": (
        ("partnerships/dialogues/*.py", '"place": "Location"', "the column of a dialogue, with its label"),
        ("partnerships/withheld.py", 'activity.place|"place"', "the column of an activity"),
        ("partnerships/findable/*.py", '"place"', "the column of an activity and of a dialogue"),
        ("selection/rounds/api.py", "place", "the column of a score: the rank that a country outside would take"),
        ("selection/what_if/api.py", "place", "the same of an answered country"),
        ("selection/decisions/api.py", "place", "the column of a recommendation: its order in the memo"),
        ("*partnerships/outcomes/*", "place", "a position by size that ranks no country"),
    ),
    "told": (("*", "told[ _]from[ _]chance", "the finding on outcomes: distinguished from chance"),),
    "organis": (("tests/partnerships/publication/independent.py", "Organisation", "a name of the validator"),),
    "places": (("*", "decimal_places", "an argument of Django"),),
    "act": (("*/tip_narratives/*.py", r"act\|law", "a statute, as narratives cite it"),),
    "acts": (("*/tip_narratives/*.py", r"acts\?", "statutes and crimes, as narratives name them"),),
    "labelled": (("*", r"aria-labelledby|labelledby", "an attribute of HTML"),),
}
"""Exempt places of a rule: pattern of the path, pattern of the text around the word, reason."""

CLASSES_OF_DJANGO = frozenset({"Command", "Migration"})
"""Names that Django expects in each module."""

SCANNED = {".css", ".html", ".js", ".json", ".md", ".py", ".svg", ".toml", ".txt", ".yml"}
NOT_SCANNED = (
    "*/facts/package/*",  # values of publishers
    "*/migrations/*",  # generated
    "*/reference/former/*",  # released versions, whose text is part of their hash
    "*.lock",
    "package*.json",
    "CHANGELOG.md",  # names what was renamed
    "docs/adr/*",  # quote what was decided on
    "docs/glossary.md",  # lists the retired words
    "tests/wording*",
    "tests/platform/test_wording.py",
)


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of what a rule looks for."""

    rule: str
    path: str
    line: int
    text: str


def tracked_files() -> list[str]:
    """Return the files that git tracks or would add, sorted."""
    # A checkout of another account's is no repository to git, unless it is named as safe.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(path for path in listed if Path(path).suffix in SCANNED and not _matches(path, NOT_SCANNED))


def find_all(paths: Iterable[str], root: Path = ROOT) -> list[Found]:
    """Return all findings of the rules in these files."""
    texts = {path: (root / path).read_text(encoding="utf-8") for path in paths if (root / path).is_file()}
    trees = {path: ast.parse(text) for path, text in texts.items() if path.endswith(".py")}
    return [
        *(found for path, text in texts.items() for found in spellings(path, text)),
        *(found for path, text in texts.items() for found in retired_words(path, text)),
        *(found for path, tree in trees.items() for found in docstring_openings(path, tree)),
        *classes_defined_twice(trees),
    ]


def spellings(path: str, text: str) -> Iterator[Found]:
    """Find British spellings, also inside names."""
    pattern = re.compile("|".join(SPELLINGS), re.IGNORECASE)
    for number, line in enumerate(text.splitlines(), 1):
        for match in pattern.finditer(line):
            rule = match[0].lower()
            if not is_allowed(rule, path, line, match):
                yield Found(rule, path, number, line.strip())


def retired_words(path: str, text: str) -> Iterator[Found]:
    """Find retired words in lower case: “Act” of a statute is another word.

    Names, comments, and text count; of a template, the text outside its tags; of tests, the names of their functions.
    """
    if not path.startswith((*APPS, "templates", "docs", "README", "CONTRIBUTING", "tests/")):
        return
    pattern = re.compile(rf"(?<![A-Za-z])({'|'.join(RETIRED)})(?![A-Za-z])")
    for number, line in enumerate(text.splitlines(), 1):
        if path.startswith("tests/"):
            shown = line.partition("(")[0] if re.match(r" *def test_", line) else ""
        else:
            shown = re.sub(r"\{%.*?%\}|<[^>]*>", " ", line) if path.endswith(".html") else line
        for match in pattern.finditer(shown):
            if not is_allowed(match[0], path, shown, match):
                yield Found(match[0], path, number, line.strip())


def docstring_openings(path: str, tree: ast.Module) -> Iterator[Found]:
    """Find docstrings that open with a question word instead of a verb or a noun."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            opening = (ast.get_docstring(node) or "").partition("\n")[0]
            if re.match(rf"({'|'.join(OPENINGS)})\b", opening):
                yield Found("docstring-opening", path, getattr(node, "lineno", 1), opening)


def classes_defined_twice(trees: dict[str, ast.Module]) -> Iterator[Found]:
    """Find class names that two modules of one app define, once for each name."""
    places: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for path, tree in trees.items():
        app = path.partition("/")[0]
        for node in tree.body if app in APPS else ():
            if isinstance(node, ast.ClassDef) and node.name not in CLASSES_OF_DJANGO:
                places[app, node.name].append((path, node.lineno))
    for (_, name), defined in places.items():
        if len(defined) > 1:
            also = ", ".join(path for path, _ in defined[1:])
            yield Found("class-defined-twice", *defined[0], f"{name}, also in {also}")


def is_allowed(rule: str, path: str, line: str, match: re.Match[str]) -> bool:
    """Return whether an occurrence lies inside text that the rule exempts in such a file."""
    return any(
        exempt.start() <= match.start() and match.end() <= exempt.end()
        for paths, pattern, _ in ALLOWED.get(rule, ())
        if fnmatch(path, paths)
        for exempt in re.finditer(pattern, line, re.IGNORECASE)
    )


def added_lines(root: Path = ROOT) -> dict[str, set[int]]:
    """Return the line numbers that the branch and the working tree add to main, by path."""
    git = ["git", "-c", "safe.directory=*"]

    def output(*arguments: str) -> str:
        return subprocess.run([*git, *arguments], cwd=root, capture_output=True, text=True, check=False).stdout

    added: dict[str, set[int]] = defaultdict(set)
    base = output("merge-base", "main", "HEAD").strip() or "HEAD"
    for line in output("diff", "--unified=0", "--no-color", "--no-ext-diff", "--dst-prefix=b/", base).splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first = int(hunk[1])
            added[path].update(range(first, first + int(hunk[2] or 1)))
    for path in output("ls-files", "--others", "--exclude-standard").splitlines():
        if Path(path).suffix in SCANNED:
            added[path].update(range(1, len((root / path).read_text(encoding="utf-8").splitlines()) + 1))
    return added


def read_budgets() -> dict[str, int]:
    """Return the budget of each rule."""
    lines = (line.split("#")[0].split() for line in BUDGETS.read_text(encoding="utf-8").splitlines())
    return {line[0]: int(line[1]) for line in lines if line}


def write_budgets(counts: dict[str, int]) -> None:
    """Write the budgets, one rule a line."""
    head = "# Most occurrences of each rule of tests/wording.py. Numbers only fall: python -m tests.wording --tighten\n"
    BUDGETS.write_text(head + "".join(f"{rule} {count}\n" for rule, count in sorted(counts.items())), encoding="utf-8")


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def main(arguments: list[str]) -> int:
    """Compare the counts with the budgets, or list the findings of one rule. Return the exit status."""
    found: dict[str, list[Found]] = {rule: [] for rule in read_budgets()}
    for one in find_all(tracked_files()):
        found.setdefault(one.rule, []).append(one)
    budgets = {rule: read_budgets().get(rule, 0) for rule in found}
    if arguments == ["--tighten"]:
        write_budgets({rule: min(budgets[rule], len(places)) for rule, places in found.items()})
        return 0
    if arguments:
        for one in found.get(arguments[0], ()):
            print(f"{one.path}:{one.line}: {one.text}")
        return 0
    over = [rule for rule, places in found.items() if len(places) > budgets[rule]]
    added = added_lines() if over else {}
    for rule in over:
        better = SPELLINGS.get(rule) or RETIRED.get(rule)
        hint = f"; write {better}" if better else ""
        print(f"{rule}: {len(found[rule])}, allowed are {budgets[rule]}{hint}. New here:")
        new = [one for one in found[rule] if one.line in added.get(one.path, ())]
        for one in new:
            print(f"  {one.path}:{one.line}: {one.text}")
        if not new:
            print(f"  no line that you added. All: .venv/bin/python -m tests.wording {rule}")
    lower = [
        f"{rule} {budgets[rule]} -> {len(places)}" for rule, places in found.items() if len(places) < budgets[rule]
    ]
    if lower:
        print(f"Better than the budget: {', '.join(lower)}. Run: .venv/bin/python -m tests.wording --tighten")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
