"""Sandbox for Word templates: they can show fields, repeat rows, and test conditions, and use no other syntax.

An edited template is a program from an untrusted sender. Before it runs, it is checked against a short list of allowed
syntax: whatever could call a function, calculate, or make a text longer than the record is rejected by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docxtpl import InlineImage
from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

SHOWN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const)
ASKED = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Test)
KNOWN = (*SHOWN, *ASKED, nodes.For, nodes.Filter)
FILTERS = frozenset({"capitalize", "count", "default", "first", "last", "length", "lower", "title", "trim", "upper"})
TESTS = frozenset({"defined", "none", "undefined"})
LONGEST = 60_000_000
"""Most characters in a part of the rendered document."""
DEEPEST = 3
"""Deepest nesting of repeated rows: agencies, their answers, and the lines of an answer."""


class _Bounded(Template):
    def render(self, *args: Any, **fields: Any) -> str:
        """Return the rendered text. Raises `SecurityError` if it grows beyond `LONGEST`."""
        parts, size = [], 0
        for part in self.generate(*args, **fields):
            parts.append(part)
            size += len(part)
            if size > LONGEST:
                raise SecurityError(f"the document grows beyond {LONGEST:,} characters")
        return "".join(parts)


class NotAllowed(SecurityError):
    """Syntax that templates may not use, with the line of the source that has it."""

    def __init__(self, message: str, lineno: int) -> None:
        super().__init__(message)
        self.lineno = lineno


class TemplateEnvironment(SandboxedEnvironment):
    """The environment of `docxtpl` for templates that people edit.

    `filters` are those of the document type.
    """

    template_class = _Bounded

    def __init__(self, filters: Mapping[str, Any]) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS} | {"join": _join} | dict(filters)
        self.tests = {name: self.tests[name] for name in TESTS}

    def from_string(self, source: Any, *args: Any, **options: Any) -> Template:
        """Return the template of a text.

        Raises `SecurityError` for syntax that templates may not use.
        """
        self.check(source if isinstance(source, nodes.Template) else self.parse(source))
        return super().from_string(source, *args, **options)

    def check(self, tree: nodes.Template) -> None:
        """Raise `NotAllowed` for syntax that templates may not use."""
        for node in _all(tree):
            try:
                self._check(node)
            except SecurityError as error:
                raise NotAllowed(str(error), node.lineno) from error
        _check_depth(tree, 0, frozenset())

    def _check(self, node: nodes.Node) -> None:
        if not isinstance(node, KNOWN):
            what = type(node).__name__.lower()
            raise SecurityError(f"“{what}”: a template can only show fields, repeat rows, and test conditions")
        if isinstance(node, nodes.Filter) and node.name not in self.filters:
            raise SecurityError(f"“|{node.name}”: the filters are {', '.join(sorted(self.filters))}")
        if isinstance(node, nodes.Test) and node.name not in self.tests:
            raise SecurityError(f"“is {node.name}”: the tests are {', '.join(sorted(TESTS))}")
        if isinstance(node, nodes.For) and node.recursive:
            raise SecurityError("“recursive” is not available: nest the rows by name")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow only the counters of a loop as attributes; all other values are entries of a mapping."""
        return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an entry of a mapping or a loop counter, never a method of a mapping or an attribute of a picture."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, InlineImage):
            return self.unsafe_undefined(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, argument) if isinstance(argument, str) else super().getitem(obj, argument)


def _join(rows: Any, between: str = "") -> str:
    """Join a list of texts with at most 20 characters between them.

    Raises `SecurityError` for any other value.
    """
    if not isinstance(rows, list | tuple) or len(between) > 20:
        raise SecurityError("“|join” joins the texts of a list, with at most 20 characters between them")
    return between.join(map(str, rows))


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _check_depth(node: nodes.Node, depth: int, bound: frozenset[str]) -> None:
    """Check that nested rows belong to the outer row, which bounds the document's length by the record."""
    if isinstance(node, nodes.For):
        first = node.iter
        while isinstance(first, nodes.Getattr | nodes.Getitem):
            first = first.node
        own = isinstance(first, nodes.Name) and first.name in bound
        if depth and not own:
            raise NotAllowed("“for” inside “for”: the inner one must repeat rows of the outer row", node.lineno)
        if depth >= DEEPEST:
            raise NotAllowed(f"“for” inside “for”: at most {DEEPEST} deep", node.lineno)
        bound |= {name.name for name in node.target.find_all(nodes.Name)}
        if isinstance(node.target, nodes.Name):
            bound |= {node.target.name}
        depth += 1
    for child in node.iter_child_nodes():
        _check_depth(child, depth, bound)
