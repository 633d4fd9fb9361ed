"""Having tables read and written: one at a time in a process of its own."""

from collections.abc import Mapping
from typing import Any, Literal

from structlog import get_logger

from backend.files.helpers import Helpers
from backend.files.places import Places
from backend.window.cells import Cell, Line
from backend.window.refusals import BatchTableInvalid, TablesBusy
from config import encoding

WAITING = 20
WAIT_SECONDS = 15.0
# The workshop bounds its own time of the processor, and gives way to whoever else works.
READ_SECONDS = 30.0
IDLE_SECONDS = 300.0

Format = Literal["csv", "xlsx"]

log = get_logger()
helpers = Helpers("backend.window.workshop", idle_seconds=IDLE_SECONDS)
places = Places(1, waiting=WAITING, seconds=WAIT_SECONDS, busy=TablesBusy)


async def lines(content: bytes, form: Format) -> list[Line]:
    """The lines of a table that say anything; BatchTableInvalid, TablesBusy."""
    told, made = await _asked({"do": form}, content)
    if "failed" in told:
        raise BatchTableInvalid("无法读取：文件可能已损坏或过大，请用模板重新填写，另存后再上传")
    if "code" in told:
        raise BatchTableInvalid(told["detail"])
    read: list[tuple[int, list[list[Any]]]] = encoding.loads(made)
    return [Line(no, [Cell(*cell) for cell in row]) for no, row in read]


async def workbook(table: Mapping[str, object]) -> bytes:
    """An empty workbook as `workbooks.written` makes it; TablesBusy."""
    told, made = await _asked({"do": "write", **table}, b"")
    if told:
        raise TablesBusy
    return made


async def _asked(asked: Mapping[str, object], content: bytes) -> tuple[dict[str, Any], bytes]:
    async with places.one():
        try:
            piece = encoding.dumps(asked) + b"\n" + content
            return await helpers.ask(piece, seconds=READ_SECONDS)
        except (TimeoutError, OSError) as error:
            log.warning("table_not_read", error=type(error).__name__)
            raise TablesBusy from None
