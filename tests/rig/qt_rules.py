"""What code for Qt 5 and Qt 6 may not name, told from source text by the classes of the running QGIS."""

from __future__ import annotations

import ast
import enum
import importlib
import re
from collections.abc import Container, Iterator, Sequence

from tests.rig.qt6_names import GONE_FROM, GONE_METHODS, GONE_SIGNALS, GONE_VALUES, INTEGERS

COMPATIBILITY = frozenset(  # where the two are told apart
    {
        "mapflow_data/gui/widgets/qt_compat.py",
        "mapflow_data/layers/field_types.py",
        "tests/gui/kit/variants.py",
    }
)
MOVED = frozenset({"QAction", "QActionGroup", "QFileSystemModel", "QShortcut", "QUndoCommand", "QUndoStack"})
GONE = frozenset({"QDesktopWidget", "QMatrix", "QRegExp", "QRegExpValidator", "QTextCodec"})


def qt_offences(path: str, source: str) -> list[str]:
    """Classes that Qt 6 has elsewhere or no more, and enums that it would not find."""
    if path in COMPATIBILITY:
        return []
    tree = ast.parse(source)
    classes = dict(_imported(tree))
    found = [
        f"{path}: {name} is not there in Qt 6"
        for name, (module, _) in classes.items()
        if name in GONE or (name in MOVED and module.endswith("QtWidgets"))
    ]
    for node in ast.walk(tree):
        root, *names = _chain(node)
        problem = _problem(classes[root][1], names) if names and root in classes else ""
        if problem:
            found.append(f"{path}:{node.lineno}: {root}.{'.'.join(names)}: {problem}")  # type: ignore[attr-defined]
    found += [f"{path}:{line}: {name} is not there in Qt 6" for line, name in _gone_methods(tree)]
    found += [f"{path}:{line}: {name} is no number in Qt 6" for line, name in _numbers(tree, classes)]
    return found


def _gone_methods(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in GONE_METHODS:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            if (node.value.attr, ast.unparse(node.slice)) in GONE_SIGNALS:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.FunctionDef):
            yield from _gone_from_arguments(node)


def _gone_from_arguments(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    gone = {
        argument.arg: GONE_FROM.get(ast.unparse(argument.annotation), frozenset())
        for argument in function.args.args
        if argument.annotation is not None
    }
    for node in ast.walk(function):
        root, *names = _chain(node)
        if names and names[0] in gone.get(root, ()):
            yield node.lineno, f"{root}.{names[0]}"  # type: ignore[attr-defined]


def _numbers(tree: ast.AST, classes: Container[str]) -> Iterator[tuple[int, str]]:
    """int(QPainter.RenderHint.Antialiasing): Qt 6 has most enums as no numbers."""
    for node in ast.walk(tree):
        is_int = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int"
        if not is_int:
            continue
        for part in ast.walk(node):
            names = _chain(part)
            is_value = len(names) == 3 and names[0] in classes and names[2][:1].isupper()
            if is_value and ".".join(names[:2]) not in INTEGERS:
                yield part.lineno, ".".join(names)  # type: ignore[attr-defined]


def _imported(tree: ast.AST) -> Iterator[tuple[str, tuple[str, object]]]:
    """Name, module and class of all that is imported of Qt and QGIS."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and re.fullmatch(
            r"qgis\.(core|gui|PyQt\.Qt\w+)", node.module or ""
        ):
            module = str(node.module)
            for alias in node.names:
                yield (
                    alias.asname or alias.name,
                    (module, getattr(importlib.import_module(module), alias.name)),
                )


def _chain(node: ast.AST) -> list[str]:
    """["Qt", "Key", "Key_A"] of Qt.Key.Key_A, [""] of what does not begin with a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *names]


def _problem(here: object, names: Sequence[str]) -> str:
    for name in names:
        if name in GONE_VALUES:
            return f"{name} is not there in Qt 6"
        if not hasattr(here, name):
            return f"there is no {name}"
        there = getattr(here, name)
        if _is_enum(type(there)) and not _is_enum(here):
            return f"{name} needs the name of its enum, {type(there).__name__}"
        if _is_flags(there):
            return f"{name} is not there in Qt 6, its enum is"
        if not isinstance(there, type):
            return ""
        here = there
    return ""


def _is_enum(kind: object) -> bool:
    return type(kind).__name__ == "enumtype" or (isinstance(kind, type) and issubclass(kind, enum.Enum))


def _is_flags(kind: object) -> bool:
    """PyQt5's classes for several values of an enum: Qt.ItemFlags."""
    return (
        isinstance(kind, type)
        and not _is_enum(kind)
        and hasattr(kind, "__invert__")
        and hasattr(kind, "__or__")
    )
