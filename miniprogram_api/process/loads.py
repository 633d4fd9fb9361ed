"""What the last load of the data files took: a start with the same loads nothing anew."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from config import database
from config.clock import city_day
from config.settings import settings
from config.sources import DATA
from models import DataLoad

ROOT = Path(__file__).parents[2]
CODE = (ROOT / "backend", ROOT / "config", ROOT / "models")
"""All that makes rows of the files: whoever changes it loads anew, without a number to raise."""
_KINDS = {".yaml", ".csv", ".txt"}
_ONLY = 1
_LAST = "SELECT digest FROM data_load"


def digest(today: date, *, code: Sequence[Path] = CODE) -> str:
    """Of all that a load hangs on: the files, Yikou's and the city's, the code, and the day.

    The day because slots are made for the days ahead, and units end by the day.
    """
    made = sha256(f"{today}".encode())
    own = settings().data_dir
    data = [DATA, *([Path(own)] if own else [])]
    for folder, kinds in [*((each, {".py"}) for each in code), *((each, _KINDS) for each in data)]:
        for path in _files(folder, kinds):
            content = path.read_bytes()
            made.update(f"\n{path.relative_to(folder)} {len(content)}\n".encode())
            made.update(content)
    return made.hexdigest()


def _files(folder: Path, kinds: set[str]) -> Iterator[Path]:
    """Those of these kinds, in an order that does not hang on the disk."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in kinds and not hidden and path.is_file():
            yield path


async def unchanged(url: str, *, now: datetime) -> bool:
    """Whether the last load of this database took what one would take now; raises StartError."""
    # One connection, not the pool and all models: who asks has mostly nothing else to do.
    connection = await database.single(url)
    try:
        last: str | None = await connection.fetchval(_LAST)
    finally:
        await connection.close()
    return last == digest(city_day(now))


async def begin() -> None:
    """From now on nothing counts as loaded: what is written next may remain a part."""
    await DataLoad.all().delete()


async def end(taken: str) -> None:
    """All of it has been written."""
    await DataLoad.create(id=_ONLY, digest=taken)
