"""What services refuse, as the source says it: every message of a Refusal, read from the syntax tree.

A message that is put together is a pattern: `{1}`, `{2}` stand for the values in their order. Names that a function or
a module gives a text are followed, texts chosen by a condition are messages of their own, and a text that is handed to
a helper is read where it is handed over.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from support.tree import ROOT, parsed

SOURCE = ROOT / "src"
# A piece of a message: text, or None for a value.
Pieces = tuple[str | None, ...]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unread(Exception):
    """The message is no text that stands in the source."""


@dataclass(slots=True)
class Module:
    path: Path
    name: str
    tree: ast.Module
    texts: dict[str, ast.expr] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.texts[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.texts[node.target.id] = node.value
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}


@dataclass(frozen=True, slots=True)
class Call:
    """A call with the functions round it, the innermost first, and the class it stands in."""

    node: ast.Call
    module: Module
    around: tuple[Function, ...] = ()
    inside: str = ""

    @property
    def name(self) -> str:
        return _name(self.node.func)

    @property
    def within(self) -> str:
        """The class it stands in, with its module."""
        return f"{self.module.name}.{self.inside}"


class Source:
    """The modules of a package, with all their calls."""

    def __init__(self, package: Path = SOURCE / "copartner", base: str = "copartner.kernel.errors.Refusal") -> None:
        self.modules: dict[str, Module] = {}
        for path in sorted(package.rglob("*.py")):
            name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
            module = Module(path, name, parsed(path))
            module.read()
            self.modules[name] = module
        self.calls = [call for module in self.modules.values() for call in _calls(module.tree, module)]
        self.base = base
        self.refusals = self._subclasses(base)

    def made(self) -> Iterator[Call]:
        """The calls that make a refusal: of one of its classes, or by a class for all that are made of it."""
        for call in self.calls:
            own = call.name == "__init__" and call.within != self.base and call.within in self.refusals
            if own or self._meant(call.node.func, call.module) in self.refusals:
                yield call

    def messages(self, call: Call) -> list[Pieces]:
        """What a call that makes a refusal says; nothing where its class, another refusal or a page's text does.

        A text that a page marks with `word` stands in the catalogue of its room. Raises Unread.
        """
        return self._read(call.node.args[0], call) if call.node.args else []

    def _subclasses(self, base: str) -> set[str]:
        classes = {
            f"{module.name}.{node.name}": {self._meant(one, module) for one in node.bases}
            for module in self.modules.values()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
        }
        found = {base}
        while more := {name for name, bases in classes.items() if found & bases} - found:
            found |= more
        return found

    def _meant(self, node: ast.expr, module: Module) -> str:
        """The whole name of what a name in a module stands for, wherever it was imported from."""
        if isinstance(node, ast.Attribute):
            name = f"{self._meant(node.value, module)}.{node.attr}"
        else:
            name = module.names.get(_name(node), f"{module.name}.{_name(node)}")
        home, _, last = name.rpartition(".")
        while (
            home in self.modules and (name := self.modules[home].names.get(last, f"{home}.{last}")) != f"{home}.{last}"
        ):
            home, _, last = name.rpartition(".")
        return f"{home}.{last}"

    def _may_call(self, call: Call, module: Module) -> bool:
        """Whether the name that is called is that of a module, or of something that is none."""
        home = self._meant(call.node.func, call.module).rpartition(".")[0]
        return home == module.name or home not in self.modules

    def _read(self, node: ast.expr, call: Call) -> list[Pieces]:
        match node:
            case ast.Constant(value=str(text)):
                return [(text,)]
            case ast.Attribute(attr="message") | ast.Call(func=ast.Name(id="word") | ast.Attribute(attr="text")):
                return []
            case ast.JoinedStr(values=values):
                return [_joined(parts) for parts in product(*(self._part(one, call) for one in values))]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [_joined(parts) for parts in product(self._part(left, call), self._part(right, call))]
            case ast.BinOp(left=left, op=ast.Mod()) if not self._read(left, call):
                return []
            case ast.IfExp(body=body, orelse=other):
                return [*self._read(body, call), *self._read(other, call)]
            case ast.Name(id=name):
                return self._named(name, call)
            case ast.Attribute():
                return self._constant(self._meant(node, call.module), call)
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(kept := call.module.texts.get(name), ast.Dict):
                return [pieces for one in kept.values for pieces in self._read(one, call)]
        raise Unread

    def _part(self, node: ast.expr, call: Call) -> list[Pieces]:
        """A part of a message that is put together: what cannot be read is a value, and so is what is handed in."""
        match node:
            case ast.Name(id=name) if any(name in _parameters(one) for one in call.around):
                return [(None,)]
            case ast.FormattedValue(value=ast.Name() as value, conversion=-1, format_spec=None):
                return self._part(value, call)
            case ast.FormattedValue(value=ast.IfExp(body=body, orelse=other)):
                return [*self._part(body, call), *self._part(other, call)]
            case ast.FormattedValue(value=ast.BoolOp(op=ast.Or(), values=values)):
                return [pieces for one in values for pieces in self._part(one, call)]
        try:
            return self._read(node, call)
        except Unread:
            return [(None,)]

    def _named(self, name: str, call: Call) -> list[Pieces]:
        for function in call.around:
            given = [
                node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                and any(isinstance(it, ast.Name) and it.id == name for it in node.targets)
            ]
            if given:
                return [pieces for one in given for pieces in self._read(one, call)]
            if name in _parameters(function):
                # What a class of refusals is handed is read where one is made.
                return [] if function.name == "__init__" else self._handed(function, name, call.module)
        if name in call.module.texts:
            return self._read(call.module.texts[name], Call(call.node, call.module))
        return self._constant(call.module.names.get(name, ""), call)

    def _constant(self, meant: str, call: Call) -> list[Pieces]:
        module, _, name = meant.rpartition(".")
        found = self.modules.get(module)
        if found is None or name not in found.texts:
            raise Unread
        return self._read(found.texts[name], Call(call.node, found))

    def _handed(self, function: Function, name: str, module: Module) -> list[Pieces]:
        """What the callers of a helper hand to it."""
        place = _parameters(function).index(name)
        handed = [
            (given, call)
            for call in self.calls
            if call.name == function.name and function not in call.around and self._may_call(call, module)
            for given in [one.value for one in call.node.keywords if one.arg == name]
            or call.node.args[place : place + 1]
        ]
        if not handed:
            raise Unread
        return [pieces for given, call in handed for pieces in self._read(given, call)]


def pattern(pieces: Pieces) -> str:
    """The pattern of a message, its values counted from 1."""
    written, number = "", 0
    for piece in pieces:
        number += piece is None
        written += f"{{{number}}}" if piece is None else piece
    return written


def _joined(parts: tuple[Pieces, ...]) -> Pieces:
    return tuple(piece for part in parts for piece in part)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _parameters(function: Function) -> list[str]:
    given = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    return [*(given[1:] if given[:1] in (["self"], ["cls"]) else given), *(one.arg for one in function.args.kwonlyargs)]


def _calls(node: ast.AST, module: Module, around: tuple[Function, ...] = (), inside: str = "") -> Iterator[Call]:
    match node:
        case ast.ClassDef(name=name):
            inside = name
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            around = (node, *around)
        case ast.Call():
            yield Call(node, module, around, inside)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, module, around, inside)
