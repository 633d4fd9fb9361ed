"""The rows of files and the bytes in the store, each without the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import obstore

from backend.consistency.checks import Check, Connection, Faults, faults, sql
from backend.files import checking, store
from backend.files.refusals import FileLost, FilesUnavailable
from config import vault

_SETTLED = timedelta(days=1)
"""Younger bytes may be those of an upload whose row is still to come, or to be swept."""


async def _without_bytes(connection: Connection) -> Faults:
    rows = await connection.fetch(
        "SELECT id::text, key FROM stored_file f"
        " WHERE NOT EXISTS (SELECT FROM paper p WHERE p.file_id = f.id)"
    )
    kept = await _kept()
    return faults(row["id"] for row in rows if row["key"] not in kept)


async def _undrawn(connection: Connection) -> Faults:
    rows = await connection.fetch(
        "SELECT p.number, f.key FROM paper p JOIN stored_file f ON f.id = p.file_id"
    )
    kept = await _kept()
    return faults(row["number"] for row in rows if row["key"] not in kept)


async def _of_another_size(connection: Connection) -> Faults:
    rows = await connection.fetch("SELECT id::text, key, size FROM stored_file")
    kept = await _kept()
    return faults(
        row["id"]
        for row in rows
        if row["key"] in kept and kept[row["key"]].size != row["size"] + vault.OVERHEAD
    )


async def _without_row(connection: Connection) -> Faults:
    known = {row["key"] for row in await connection.fetch("SELECT key FROM stored_file")}
    settled = (await connection.fetchrow("SELECT now() AS at"))["at"] - _SETTLED
    return faults(
        key for key, lies in (await _kept()).items() if key not in known and lies.changed < settled
    )


async def _rewritten(connection: Connection) -> Faults:
    rows = await connection.fetch("SELECT id::text, key, sha256 FROM stored_file")
    return faults([row["id"] for row in rows if not await _reads(row["key"], row["sha256"])])


async def _reads(key: str, digest: str) -> bool:
    try:
        return sha256(await store.get(key)).hexdigest() == digest
    except (FileLost, FilesUnavailable, vault.SealBroken):
        return False


@dataclass(frozen=True)
class _Bytes:
    changed: datetime
    size: int


async def _kept() -> dict[str, _Bytes]:
    """What lies in the store by key; raises StartError if it is away."""
    found: dict[str, _Bytes] = {}
    with checking.told():
        async for page in obstore.list(store.current()):
            found |= {each["path"]: _Bytes(each["last_modified"], each["size"]) for each in page}
    found.pop(store.MARK, None)
    return found


CHECKS = [
    sql(
        "file_has_one_owner",
        "每个文件属于一个账号、一个自然人、一名工作人员或一个出具单位"
        " / Each file is an account's, a person's, a member of staff's or an issuing unit's.",
        "SELECT id::text FROM stored_file"
        " WHERE num_nonnulls(resident_id, person_id, staff_id, unit_id) <> 1",
    ),
    Check(
        "file_has_bytes",
        "每个上传的文件的内容都在文件存储中"
        " / The bytes of every file that was uploaded are in the store.",
        _without_bytes,
    ),
    Check(
        "paper_has_bytes",
        "每份文书的文件都在文件存储中，缺的用 yikou papers redraw --missing 重新生成"
        " / The file of every paper is in the store; yikou papers redraw --missing draws it again.",
        _undrawn,
    ),
    Check(
        "file_has_its_size",
        "每个文件的大小与记录一致 / Each file is as long as its row says.",
        _of_another_size,
    ),
    Check(
        "bytes_have_file",
        "文件存储中一天以前的内容都属于某个文件"
        " / Bytes older than a day in the store belong to a file.",
        _without_row,
    ),
]
"""Checks that list the store."""

CONTENTS = [
    Check(
        "file_reads",
        "每个文件都可读取，且与上传时一致 / Every file can be read and is what was uploaded.",
        _rewritten,
    ),
]
"""Checks that read all of the store."""
