import ast
import re
from pathlib import Path
from uuid import uuid4

import pytest

from backend import real_names
from backend.errors import Unauthenticated
from backend.identity import actors
from backend.identity.tokens import Claims
from config import clock
from models import Audience, Person
from tests.backend.identity.factories import ID_NUMBER, a_resident, a_session

pytestmark = pytest.mark.usefixtures("phones")


async def test_a_resident_acts_as_the_database_knows_them() -> None:
    resident = await a_resident("o1")
    granted = await a_session(resident)

    actor = await actors.resident(granted.claims)

    assert actor == actors.ResidentActor(
        id=resident.id, session_id=granted.claims.session, person_id=None
    )


async def test_what_a_resident_changes_holds_at_once() -> None:
    claims = (await a_session()).claims
    before = await actors.resident(claims)

    await real_names.confirm(claims.subject, name="张三", id_number=ID_NUMBER, now=clock.now())

    after = await actors.resident(claims)
    assert before.person_id is None
    assert after.person_id == (await Person.get()).id


async def test_who_is_gone_does_not_act() -> None:
    with pytest.raises(Unauthenticated):
        await actors.resident(Claims(Audience.RESIDENT, uuid4(), uuid4()))


def test_by_is_always_who_acts() -> None:
    root = Path(__file__).parents[3]
    meant = {
        ast.unparse(given.annotation) if given.annotation else ""
        for package in ("backend", "miniprogram_api", "notifications")
        for path in (root / package).rglob("*.py")
        if re.search(r"\bby:", code := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for given in (*node.args.args, *node.args.kwonlyargs)
        if given.arg == "by"
    }

    assert meant == {
        *("Actor", "ResidentActor", "StaffActor", "StaffActor | ResidentActor"),
        # Who acts for somebody: at a window, and under a mandate.
        *("Standing", "ResidentActor | Behalf | Standing"),
        # The kind of them that a lifecycle's table names.
        "By",
    }
