"""The rules of the house as functions from source text to a list of offences; imports nothing of ours."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

# layer -> what it may import of ours; `plugin` sees all and nobody imports it
MAY_IMPORT: dict[str, frozenset[str]] = {
    "api": frozenset(),
    "transfer": frozenset({"api"}),
    "layers": frozenset({"api"}),
    "services": frozenset({"api", "transfer", "layers", "settings", "network"}),
    "gui": frozenset({"services", "layers", "transfer", "api", "maptools", "settings"}),
    "processing": frozenset({"api", "transfer", "layers", "settings"}),
    "browser": frozenset({"api", "layers", "settings"}),
    "maptools": frozenset(),
    "settings": frozenset({"api"}),
    "network": frozenset({"api"}),
    "plugin": frozenset(
        {
            "api",
            "transfer",
            "layers",
            "services",
            "gui",
            "processing",
            "browser",
            "maptools",
            "settings",
            "network",
        }
    ),
    "": frozenset(),  # mapflow_data/__init__.py
}

# layer -> what it may import of others' beside the standard library
REQUESTS, GDAL, QGIS = frozenset({"requests", "urllib3"}), frozenset({"osgeo", "numpy"}), frozenset({"qgis"})
MAY_USE: dict[str, frozenset[str]] = {
    "api": REQUESTS,
    "transfer": GDAL,
    "layers": QGIS | GDAL,
    "maptools": QGIS,
    "": frozenset(),
}
ELSEWHERE = QGIS | GDAL

# the transport and the parts it is made of: nothing else talks HTTP
HTTP_FILES = frozenset({"api/transport.py", "api/sockets.py", "api/tls.py", "api/causes.py"})

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
BROAD = {"Exception", "BaseException"}
MAY_CATCH_ALL = "services/task.py"

FORBIDDEN_TEXT = {
    r"\bprocessEvents\b": "processEvents",
    r"\bQEventLoop\s*\(": "a nested event loop",
    r"\bverify\s*=\s*False\b": "verify=False",
    r"\bUseExceptions\s*\(": "UseExceptions is global",
    r"\.exec_\s*\(": "exec_() is gone in Qt 6",
}


@dataclass(frozen=True)
class Import:
    """`level` is the number of leading dots; `names` are what `from` takes, empty for a plain import."""

    line: int
    level: int
    module: str
    names: tuple[str, ...]
    is_in_function: bool


def imports_of(tree: ast.AST) -> Iterator[Import]:
    for node, is_in_function in _walk(tree, is_in_function=False):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, 0, alias.name, (), is_in_function)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(node.lineno, node.level, node.module or "", names, is_in_function)


def _walk(node: ast.AST, *, is_in_function: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, is_in_function
        inside = is_in_function or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from _walk(child, is_in_function=inside)


def layer_of(path: str) -> str:
    """Of a path below mapflow_data: `gui/dock.py` is in `gui`, `plugin.py` in `plugin`."""
    first = PurePosixPath(path).parts[0]
    return first if "/" in path else first[: -len(".py")].replace("__init__", "")


def room_of(path: str) -> str:
    """The folder inside the layer, or the file where it is in none: `gui/imagery`, `gui/dock`."""
    return "/".join(PurePosixPath(path).with_suffix("").parts[:2])


def rooms_used(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Room to the rooms of the same layer that it imports."""
    modules = {str(PurePosixPath(path).with_suffix("")) for path in sources}
    used: dict[str, set[str]] = {}
    for path, source in sources.items():
        layer, room = layer_of(path), room_of(path)
        for one in imports_of(ast.parse(source)):
            base = PurePosixPath(path).parts[: -one.level] if one.level else ()
            target = "/".join((*base, *filter(None, one.module.split("."))))
            targets = {target} & modules or {f"{target}/{name}" for name in one.names} & modules
            used.setdefault(room, set()).update(
                room_of(other) for other in targets if layer_of(other) == layer and room_of(other) != room
            )
    return used


def import_offences(path: str, source: str) -> list[str]:
    found = []
    for one in imports_of(ast.parse(source)):
        problem = _own_import(path, one) if one.level else _foreign_import(path, one)
        if problem:
            found.append(f"{path}:{one.line}: {problem}")
    return found


def _own_import(path: str, one: Import) -> str:
    if one.is_in_function and PurePosixPath(path).name != "__init__.py":
        return f"function-local import of {one.module or ', '.join(one.names)}"
    layer = layer_of(path)
    folders = PurePosixPath(path).parent.parts
    if one.level > len(folders) + 1:
        return "climbs above the package"
    base = [*folders[: len(folders) - one.level + 1], *filter(None, one.module.split("."))]
    targets = {base[0]} if base else set(one.names)
    for target in sorted(targets - {layer}):
        if target not in MAY_IMPORT[layer]:
            return f"{layer or 'the package'} may not import {target}"
    return ""


def _foreign_import(path: str, one: Import) -> str:
    layer, top = layer_of(path), one.module.partition(".")[0]
    if top in {"PyQt5", "PyQt6", "PySide2", "PySide6", "sip"}:
        return f"{top}: only qgis.PyQt"
    if one.module == "qgis.utils" and "iface" in one.names:
        return "iface is handed in, not imported"
    if top == "mapflow_data":
        return "absolute import of our own package"
    if top in sys.stdlib_module_names:
        return ""
    if layer == "processing" and top == "processing":
        return "QGIS' processing plugin is not ours to import"
    if top not in MAY_USE.get(layer, ELSEWHERE):
        return f"{layer or 'the package'} may not import {top}"
    if top == "requests" and path not in HTTP_FILES:
        return "requests is imported by the transport alone"
    return ""


def shape_offences(path: str, source: str) -> list[str]:
    """Sizes, broad excepts, words that have no place in the package."""
    found = []
    lines = source.splitlines()
    if len(lines) > MAX_FILE_LINES:
        found.append(f"{path}: {len(lines)} lines")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
        elif isinstance(node, ast.ExceptHandler) and path != MAY_CATCH_ALL and _is_broad(node.type):
            found.append(f"{path}:{node.lineno}: a broad except")
    for number, line in enumerate(lines, 1):
        found += [f"{path}:{number}: {what}" for what in _forbidden_in(line)]
    return found


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in BROAD for one in several)


def _forbidden_in(line: str) -> list[str]:
    return [what for pattern, what in FORBIDDEN_TEXT.items() if re.search(pattern, line)]


def form_offences(path: str, xml: str) -> list[str]:
    """A .ui file for Qt 5 and Qt 6: enums with scope, no resources, own widgets by a relative header."""
    found = []
    for value in re.findall(r"<(?:enum|set)>([^<]*)</(?:enum|set)>", xml):
        found += [f"{path}: {part} needs its scope" for part in value.split("|") if part.count("::") != 2]
    if re.search(r"<include location=", xml):
        found.append(f"{path}: compiled resources")
    for header in re.findall(r"<header[^>]*>([^<]*)</header>", xml):
        if not header.startswith((".", "qgs", "qgis.")):
            found.append(f"{path}: {header} is no relative header")
    return found
