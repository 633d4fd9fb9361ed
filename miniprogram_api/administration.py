"""What an operator does by command: load the city's data, invite staff."""

import re
from collections.abc import Sequence

from backend.appointments import offices, slots
from backend.catalogue import load as catalogue
from backend.identity import staff
from backend.organisation import load as organisation
from config import database
from config.errors import StartError
from miniprogram_api import data_files
from models import OrgUnit, Role

_POST = re.compile(r"^([0-9A-Z-]{6,24}):([a-z]+)$")


async def load() -> str:
    """Load organisation, catalogue, offices and slots; safe to repeat. One line on what changed.

    All files are read before anything is written: raises StartError that names each bad row.
    """
    found = data_files.read()
    if found.bad:
        raise StartError("\n".join(["Nothing was loaded:", *map(str, found.bad)]))
    await database.connect()
    try:
        city = await organisation.load(found.units)
        items = await catalogue.load(found.catalogue)
        opened = await offices.open_offices()
        made = await slots.extend()
    finally:
        await database.disconnect()
    return (
        f"{city.units} units; {items.published} items published, {items.unchanged} unchanged,"
        f" {items.withdrawn} withdrawn; {opened} offices opened, {made} slots made."
    )


async def invite(name: str, posts: Sequence[str]) -> str:
    """Make a staff member with posts (`unit:role`), give the one-time code; raises StartError."""
    held = [_post(text) for text in posts]
    await database.connect()
    try:
        for unit, _ in held:
            if not await OrgUnit.filter(code=unit).exists():
                raise StartError(f"There is no unit {unit}.")
        return await staff.invite(await staff.create(name, posts=held))
    finally:
        await database.disconnect()


def _post(text: str) -> tuple[str, Role]:
    found = _POST.match(text)
    if found is None or found[2] not in set(Role):
        roles = ", ".join(Role)
        raise StartError(f"A post is written unit:role, with a role of {roles}; not {text!r}.")
    return found[1], Role(found[2])
