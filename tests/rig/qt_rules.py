"""What code for Qt 5 and Qt 6 may not name, told from source text by the classes of the running QGIS."""

from __future__ import annotations

import ast
import enum
import importlib
import re
from collections.abc import Iterator, Sequence

COMPATIBILITY = frozenset(  # where the two are told apart
    {"mapflow_data/gui/qt_compat.py", "mapflow_data/layers/field_types.py"}
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
    return found


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
