"""Checks of ours that no linter has. `python checks.py FOLDER`; exit 1 on a finding.

The engine imports the standard library and itself, nothing else, so that it is tested
and timed without Odoo and can be lifted out. What a solver brings is imported when it
is asked for, inside a function.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

OPTIONAL_INSIDE_FUNCTIONS = {"ortools"}
# A file system, a network, another process: the engine gets values and gives values.
NO_INPUT_OUTPUT = {"asyncio", "http", "os", "shutil", "socket", "subprocess", "urllib"}


def imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str, bool]]:
    """Each import: the statement, the top-level name, whether a function holds it."""

    def walk(node: ast.AST, inside: bool) -> Iterator[tuple[ast.stmt, str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield child, alias.name.split(".")[0], inside
            elif isinstance(child, ast.ImportFrom) and not child.level:
                yield child, (child.module or "").split(".")[0], inside
            is_function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from walk(child, inside or is_function)

    return walk(tree, False)


def leaves_engine(path: Path, engine: Path, node: ast.AST) -> bool:
    """Whether a relative import climbs out of the engine's folder."""
    if not isinstance(node, ast.ImportFrom) or not node.level:
        return False
    depth = len(path.relative_to(engine).parts)
    return node.level > depth


def findings(path: Path, engine: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node, name, inside in imports(tree):
        if inside and name in OPTIONAL_INSIDE_FUNCTIONS:
            continue
        if name in NO_INPUT_OUTPUT:
            yield f"{path}:{node.lineno}: the engine does no input or output: {name}"
        elif name not in sys.stdlib_module_names:
            yield f"{path}:{node.lineno}: not in the standard library: {name}"
    for node in ast.walk(tree):
        if leaves_engine(path, engine, node):
            yield f"{path}:{node.lineno}: the engine imports the rest of the add-on"


def main() -> int:
    engine = Path(sys.argv[1])
    found = [
        text for path in sorted(engine.rglob("*.py")) for text in findings(path, engine)
    ]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
