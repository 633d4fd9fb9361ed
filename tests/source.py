"""The product's source, parsed once for all tests of a process that look into it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def trees(package: str) -> dict[str, ast.Module]:
    """The package's modules by their path below the root."""
    return {
        str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted((ROOT / package).rglob("*.py"))
    }
