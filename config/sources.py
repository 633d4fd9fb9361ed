"""Reading the city's data files: bad rows are told with file and line, and reading goes on."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from config import characters, complaints, texts
from config.settings import as_far_as_sound

DATA = Path(__file__).with_name("data")
MADE_BY_EXCEL = "gb18030"  # GBK and all of Unicode
MOST_SHOWN = 60
MOST_TOLD = 600

T = TypeVar("T", bound=BaseModel)
Find = Callable[[str], Path]


@dataclass(frozen=True)
class BadRow:
    """A row that can't be taken: the file, the row's code (or nothing), why, and the line or 0.

    Each is one line that can be read, whatever the file holds: long ones are cut.
    """

    file: str
    row: str
    reason: str
    line: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", _short(self.row, MOST_SHOWN))
        object.__setattr__(self, "reason", _short(self.reason, MOST_TOLD))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.row, self.reason) if part)

    @property
    def place(self) -> tuple[str, int]:
        """What bad rows are sorted by."""
        return self.file, self.line


class Row(BaseModel):
    """What a row of a file may say; it refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Rows(dict[Any, Any]):
    """A mapping of a YAML file that knows its lines."""

    line = 0
    lines: dict[Any, int]


class Entries(list[Any]):
    """A list of a YAML file that knows its lines."""

    lines: list[int]


class _Loader(yaml.CSafeLoader):
    """YAML that keeps line numbers.

    `refused` are the lines of keys given twice and of texts that hold a character none may hold,
    and what to say of each; of such a key the first value is read.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.refused: list[tuple[int, str]] = []


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Rows:
    rows = Rows()
    rows.line, rows.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key: object = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(
                problem="名称应为文字 / a name must be text", problem_mark=key_node.start_mark
            )
        if key in rows.lines:
            loader.refused.append((key_node.start_mark.line + 1, f"{key!r} 重复 / is given twice"))
            continue
        rows[key] = loader.construct_object(value_node, deep=True)
        rows.lines[key] = key_node.start_mark.line + 1
    return rows


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> Entries:
    entries = Entries(loader.construct_object(each, deep=True) for each in node.value)
    entries.lines = [each.start_mark.line + 1 for each in node.value]
    return entries


def _string(loader: _Loader, node: yaml.ScalarNode) -> str:
    """A text whose escapes, where it may have some, write nothing that no file may hold."""
    text = str(loader.construct_yaml_str(node))
    if node.style != '"' or not characters.REFUSED.search(text):
        return text
    loader.refused.append((node.start_mark.line + 1, texts.refusal(text)))
    return characters.REFUSED.sub("", text)


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> object:
    """The date or time, or its text where there is none such: whoever wants one refuses that."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)
_Loader.add_constructor("tag:yaml.org,2002:str", _string)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def find(name: str) -> Path:
    """Where a data file or folder lies, such as `catalogue/blocks.yaml`.

    In YIKOU_DATA_DIR if the city has one of its own there, else the one that comes with Yikou.
    """
    own = as_far_as_sound().data_dir
    if own and (path := Path(own, name)).exists():
        return path
    return DATA / name


def built_in(path: Path) -> bool:
    """Whether the file is Yikou's and not the city's."""
    return path.is_relative_to(DATA)


def shown(path: Path) -> str:
    """How bad rows name the file: below the built-in folder, or in full."""
    return str(path.relative_to(DATA)) if built_in(path) else str(path)


def line_of(content: object, where: Sequence[object] = ()) -> int:
    """The line of what `where` leads to inside content read from YAML; 0 if it is unknown."""
    line = getattr(content, "line", 0)
    for part in where:
        try:
            line = content.lines[part]  # type: ignore[attr-defined]  # both kinds have them
            content = content[part]  # type: ignore[index]
        except (AttributeError, LookupError, TypeError):
            break
    return line


def read_yaml(
    path: Path,
    bad: list[BadRow],
    kind: type[Rows] | type[Entries] = Rows,
    *,
    filled: bool = False,
) -> Any:
    """The file's mapping or list; what is unreadable is one bad row, and empty.

    With `filled` so is one without entries: by it all that is there would end.
    """
    try:
        content = _parsed(path, bad)
    except (OSError, ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = why(error)
        bad.append(BadRow(shown(path), "", reason, mark.line + 1 if mark else 0))
        return kind()
    if isinstance(content, kind) and (content or not filled):
        return content
    if content is None or content in ({}, []):
        reason = complaints.EMPTY
    elif kind is Rows:
        reason = "应为“名称: 值” / must hold a mapping of names to values"
    else:
        reason = "应为列表，每项以“- ”开头 / must hold a list"
    bad.append(BadRow(shown(path), "", reason, 1))
    return kind()


def take(model: type[T], content: object, *, at: BadRow, bad: list[BadRow]) -> T | None:
    """Check one row against its model; None and one bad row per fault if it does not fit.

    `at` says where: its file, its row, and its line unless the content knows its own.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        for fault, told in complaints.each(error.errors()):
            where = complaints.place(fault)
            line = line_of(content, fault["loc"]) or at.line
            reason = f"{where}: {told}" if where else told
            bad.append(BadRow(at.file, at.row, reason, line))
        return None


def fitting(model: type[T], content: object) -> tuple[T, frozenset[str]]:
    """What of a row that `take` refused fits its model, and the names of these fields.

    No other field may be asked for: it is not there. For faults that do not hang on each other.
    """
    given = content if isinstance(content, dict) else {}
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in given:
            with suppress(ValidationError):
                values[name] = _adapter(model, name).validate_python(given[key])
        elif not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    return model.model_construct(**values), frozenset(values)


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[name].rebuild_annotation())


def _parsed(path: Path, bad: list[BadRow]) -> object:
    loader = _Loader(text_of(path, bad))
    try:
        return loader.get_single_data()
    finally:
        bad += [BadRow(shown(path), "", reason, line) for line, reason in loader.refused]
        loader.dispose()


def text_of(path: Path, bad: list[BadRow]) -> str:
    """The file's text without what no text may hold, which is told; raises as reading does."""
    text, refused = texts.cleaned(_text(path))
    bad += [BadRow(shown(path), "", reason, line) for line, reason in refused]
    return text


def _text(path: Path) -> str:
    """The file's text, whether as UTF-8, with Excel's mark in front, or as GBK."""
    content = path.read_bytes()
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError(
            "编码为 UTF-16，请另存为 UTF-8（Excel 选“CSV UTF-8”）"
            " / is UTF-16: save it as UTF-8 (in Excel as 'CSV UTF-8')"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(MADE_BY_EXCEL)


def why(error: Exception) -> str:
    """What is said of a file that cannot be read, or is not written as it must be."""
    if isinstance(error, FileNotFoundError):
        return "缺少这个文件 / is missing"
    if isinstance(error, UnicodeDecodeError):
        return "编码既不是 UTF-8 也不是 GBK / is neither UTF-8 nor GBK"
    if isinstance(error, OSError):
        return f"无法读取 / cannot be read: {error.strerror}"
    problem = getattr(error, "problem", None) or str(error)
    if " / " in problem:
        return str(problem)
    return f"YAML 写法有误，请看这一行和上一行 / is not written as YAML: {problem}"
