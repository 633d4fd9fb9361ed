"""`python -m benchmarks.batch`: many elders filed for at a window, in a batch and one by one."""

import argparse
import asyncio
import base64
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
from PIL import Image

from benchmarks import machine
from benchmarks.report import DOCS
from benchmarks.storm.system import System
from config.errors import told
from sandbox.actors import Client, id_number
from sandbox.seed import COMMUNITY

ELDERS, ALONE, SCANS_AT_ONCE = 200, 50, 4
GOAL_SECONDS = 60
ITEM, PAPERS = "SP-MZ-010", ("id_card", "household_register", "bank_card")
FORM = {
    "bank_account": {"bank": "盛京银行", "number": "6217000000000000001"},
    "declaration": {"truthful": True},
}
STAFF = "/api/v1/staff"
_BEGIN, _END = "<!-- batch -->", "<!-- end of batch -->"


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds of each part, for so many elders, and of those filed one by one."""

    elders: int
    alone: int
    scans: float
    tried: float
    filed: float
    singly: float
    table: float

    @property
    def whole(self) -> float:
        """From the first scan to the last case."""
        return self.scans + self.tried + self.filed

    def lines(self) -> list[str]:
        """What was measured, in a few lines."""
        batch, single = self.elders / self.filed, self.alone / self.singly
        whole = f"{self.whole:.0f} s from the first scan to the last case"
        return [
            f"- {self.elders} elders: {whole} (wanted: {GOAL_SECONDS}).",
            f"- Scans of a megabyte, {SCANS_AT_ONCE} at once: {self.elders / self.scans:.1f}/s.",
            f"- Dry run, with the identity service: {self.elders / self.tried:.0f} rows/s.",
            f"- The same dry run again, as XLSX: {self.elders / self.table:.0f} rows/s.",
            f"- The batch after it: {batch:.0f} rows/s.",
            f"- One by one, person and case: {single:.0f}/s (× {batch / single:.1f}).",
        ]


def main(arguments: Sequence[str]) -> int:
    """Measure on a system of its own, and say so in a few lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("--elders", type=int, default=ELDERS)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with told(), tempfile.TemporaryDirectory(prefix="yikou-batch-") as folder:
        system = System(Path(folder))
        system.start()
        try:
            system.settle()
            took = asyncio.run(_measured(system, given.elders))
        finally:
            system.stop()
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}.",
        f"Others kept it busy with a load of {load:.1f} when it began.",
        "",
        *took.lines(),
    ]
    sys.stdout.write("\n".join((*lines, "")))
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        fresh = "\n".join((_BEGIN, *lines, _END))
        pattern = f"{_BEGIN}.*{_END}"
        DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
    return 0


async def _measured(system: System, elders: int) -> Took:
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        clerk = Client(http, system.api, system.sandbox, "clerk")
        await clerk.log_in(staff=True)
        scans, took_scans = await _timed(_scans(clerk, elders))
        rows = [_row(number, scan) for number, scan in enumerate(scans)]
        _, tried = await _timed(_batch(clerk, rows, dry_run=True))
        table = await _workbook(clerk, rows)
        _, took_table = await _timed(_batch(clerk, [], dry_run=True, table=table))
        told_of, filed = await _timed(_batch(clerk, rows, dry_run=False))
        if {result["status"] for result in told_of["results"]} != {201}:
            raise RuntimeError(f"not all were filed: {told_of['results'][0]}")
        later = enumerate(await _scans(clerk, ALONE), elders)
        _, singly = await _timed(_one_by_one(clerk, [_row(number, scan) for number, scan in later]))
    return Took(
        elders=elders,
        alone=ALONE,
        scans=took_scans,
        tried=tried,
        filed=filed,
        singly=singly,
        table=took_table,
    )


async def _timed(work: Awaitable[Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return await work, time.perf_counter() - began


async def _scans(clerk: Client, number: int) -> list[str]:
    """A photographed paper of each; the same picture under names of their own."""
    picture = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).save(picture, "JPEG", quality=85)
    places = asyncio.Semaphore(SCANS_AT_ONCE)

    async def one(name: str) -> str:
        async with places:
            content = picture.getvalue()
            return await clerk.upload(name, content, "image/jpeg", path=f"{STAFF}/files")

    began = time.time_ns()
    return await asyncio.gather(*(one(f"材料{began}-{each}.jpg") for each in range(number)))


def _row(number: int, scan: str) -> dict[str, Any]:
    born = date(1930, 1, 1) + timedelta(days=number)
    return {
        "person": {
            "name": "李秀兰",
            "id_number": id_number(born=born),
            "community_code": COMMUNITY,
            "address": "浑河湾街1号",
            "phone": "13900000005",
            "checked": "id_card",
        },
        "form": FORM,
        "materials": [{"material_code": code, "file_id": scan} for code in PAPERS],
    }


async def _batch(clerk: Client, rows: list[dict[str, Any]], **asked: Any) -> Any:
    return await clerk.post(f"{STAFF}/cases/_batch", {"item_code": ITEM, "rows": rows, **asked})


async def _one_by_one(clerk: Client, rows: list[dict[str, Any]]) -> None:
    """As a clerk without batches: take each in, then file for them."""
    for row in rows:
        person = await clerk.post(f"{STAFF}/persons", row["person"])
        asked = {"item_code": ITEM, "person_id": person["id"], "consent": {"kind": "oral"}}
        papers = {"form": row["form"], "materials": row["materials"]}
        await clerk.post(f"{STAFF}/cases", asked | papers)


async def _workbook(clerk: Client, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The item's template with the same rows."""
    headers = {"Authorization": f"Bearer {clerk.token}"}
    path = f"{clerk.api}{STAFF}/items/{ITEM}/batch-template?format=xlsx"
    async with clerk.http.get(path, headers=headers) as template:
        book = openpyxl.load_workbook(io.BytesIO(await template.read()))
    sheet = book.worksheets[0]
    for no, row in enumerate(rows, 2):
        scans = {each["material_code"]: each["file_id"] for each in row["materials"]}
        for cell in sheet[1]:
            first, *path_in = cell.value.rpartition("[")[2].rstrip("]").split(".")
            found = scans if first == "materials" else row.get(first)
            for name in path_in:
                found = found.get(name) if isinstance(found, dict) else None
            if found is not None:
                sheet.cell(no, cell.column).value = "是" if found is True else found
    content = io.BytesIO()
    book.save(content)
    return {"format": "xlsx", "content": base64.b64encode(content.getvalue()).decode()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
