"""The sizes of the code: what is larger is split before it is added to."""

import ast
import statistics
from collections import Counter
from pathlib import Path

import python_scoring

PACKAGE = Path(python_scoring.__file__).parent
MODULES = [p for p in PACKAGE.rglob("*.py") if "tests" not in p.relative_to(PACKAGE).parts]


def functions() -> dict[str, int]:
    """Lines of every function, by module and name."""
    found = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                name = f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
                found[name] = node.end_lineno - node.lineno + 1
    return found


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {str(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}


def test_no_folder_holds_more_than_nine_modules() -> None:
    counts = Counter(str(p.parent) for p in MODULES if p.name != "__init__.py")
    assert {folder: modules for folder, modules in counts.items() if modules > 9} == {}


def test_functions_are_short() -> None:
    lengths = functions()
    assert {name: lines for name, lines in lengths.items() if lines > 50} == {}
    assert statistics.median(lengths.values()) <= 8
