"""A case's columns, named once: they make the SELECT, the INSERT and the record of a row."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, get_type_hints


class Column(NamedTuple):
    """In the annotation of a record's field: the column that it is, and PostgreSQL's type."""

    name: str
    type: str = "varchar"
    reads: Callable[[Any], Any] | None = None
    """What makes the field of a value that is not null."""


class Columns:
    """The fields of a named tuple that are columns; they come first in it."""

    def __init__(self, record: type) -> None:
        hints = get_type_hints(record, include_extras=True)
        self.fields = {
            field: mark
            for field, hint in hints.items()
            for mark in getattr(hint, "__metadata__", ())
            if isinstance(mark, Column)
        }
        self._plan = [(column.name, column.reads) for column in self.fields.values()]

    def selected(self, alias: str) -> str:
        """The columns as a SELECT names them."""
        return ", ".join(f"{alias}.{column.name}" for column in self.fields.values())

    def array(self, alias: str, fields: Iterable[str]) -> str:
        """The columns of these fields as one array of JSON."""
        names = ", ".join(f"{alias}.{self.fields[field].name}" for field in fields)
        return f"json_build_array({names})"

    def read(self, row: Mapping[str, Any]) -> list[Any]:
        """The first fields of the record, from a row that has the columns."""
        return [
            value if reads is None or value is None else reads(value)
            for value, reads in [(row[name], reads) for name, reads in self._plan]
        ]


class Insert:
    """The part of a statement that inserts a record, `more` columns (name: type) with it.

    Its parameters are the first of the statement; `of` says which one a column is.
    """

    def __init__(self, columns: Columns, **more: str) -> None:
        self._fields, self._more = list(columns.fields), list(more)
        types = {each.name: each.type for each in columns.fields.values()} | more
        self._numbers = {name: number for number, name in enumerate(types, 1)}
        self.columns = ", ".join(types)
        self.values = ", ".join(f"${n}::{types[name]}" for name, n in self._numbers.items())
        self.count = len(types)

    def of(self, name: str) -> str:
        """The placeholder of a column, as `$3`."""
        return f"${self._numbers[name]}"

    def parameters(self, record: object, **more: Any) -> list[Any]:
        """The values of this record and of the columns beside it."""
        return [getattr(record, name) for name in self._fields] + [more[n] for n in self._more]
