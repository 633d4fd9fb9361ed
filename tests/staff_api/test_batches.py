"""Many people filed for in one call: a row each, tried first, and finished where it broke off."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from backend.consistency import audit
from backend.files import queries as files
from backend.files.refusals import FileNotFound
from backend.identity import sessions, staff
from backend.identity.id_number import canonical
from config import clock, vault
from config.database import connection
from config.settings import settings
from models import (
    Assurance,
    Audience,
    Case,
    CaseIntake,
    IdentityCheck,
    Message,
    Person,
    Role,
    StoredFile,
    Task,
    uuid7,
)
from sandbox.actors import id_number
from tests.accounts import an_account
from tests.backend.cases.factories import COMMUNITY
from tests.serving import Served
from tests.staff_api.batch_window import ITEM, PATH, Row, Window, at_a_window
from tests.staff_api.batch_window import api as api
from tests.staff_api.batch_window import window as window
from tests.staff_api.test_many_cases import _cut_off_whoever_waits

IDENTITY = "/identity/v1/verify"


async def written() -> dict[str, int]:
    """How many rows a batch has made."""
    tables = (Case, Person, Message, Task, IdentityCheck)
    counts = {table.__name__: await table.all().count() for table in tables}
    rows = await connection().execute_query_dict(
        "SELECT count(*)::int AS n FROM access_log WHERE action = 'take_in_person'"
    )
    return counts | {"taken_in": rows[0]["n"]}


async def test_elders_are_filed_once_however_often_the_batch_is_sent(
    api: Served, window: Window
) -> None:
    rows = await window.rows(5)
    nothing = await written()

    asked = await api.phones.asked(IDENTITY)
    tried = await window.outcomes(rows, key="dry", dry_run=True)

    assert tried == [(200, "")] * 5
    # What the authority said is all that is kept, and nobody is asked about twice.
    assert await written() == nothing | {"IdentityCheck": 5}
    assert await StoredFile.filter(staff_id=window.id).count() == 5

    first = await window.file(rows)

    assert [result["status"] for result in first.body["results"]] == [201] * 5
    cases = await Case.all()
    assert {str(case.id) for case in cases} == {each["case_id"] for each in first.body["results"]}
    assert await Case.filter(received_unit_id=COMMUNITY).count() == 5
    assert await api.phones.asked(IDENTITY) == asked + 5
    log = await connection().execute_query_dict(
        "SELECT action FROM access_log WHERE request_id = $1", [first.headers["X-Request-ID"]]
    )
    assert [row["action"] for row in log] == ["search_persons"] + ["take_in_person"] * 5
    made = await written()
    again = await window.file(rows)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert (await window.file(rows[:4])).code == "idempotency_key_reused"
    # Under another key each is a rival of the first.
    assert await window.outcomes(rows, key="k2", dry_run=True) == [(409, "case_already_open")] * 5
    assert await written() == made


async def test_interrupted_it_is_finished_by_the_repetition_and_nobody_is_filed_twice(
    window: Window,
) -> None:
    rows = await window.rows(6)
    scan = UUID(rows[3]["materials"][0]["file_id"])
    async with in_transaction() as within:
        await within.execute_query("SELECT FROM stored_file WHERE id = $1 FOR UPDATE", [scan])
        interrupted, _ = await asyncio.gather(window.file(rows), _cut_off_after(3))
    assert (interrupted.status, interrupted.code) == (503, "database_unavailable")
    before = {case.id for case in await Case.all()}
    # The fourth is neither filed nor taken in.
    assert (len(before), await Person.all().count()) == (3, 3)

    heard = await window.file(rows)

    assert [result["status"] for result in heard.body["results"]] == [201] * 6
    told = [result["case_id"] for result in heard.body["results"]]
    assert {str(case) for case in before} == {*told[:3]}
    assert await Case.all().count() == len({*told}) == 6


async def _cut_off_after(cases: int) -> None:
    """Whoever waits once so many are filed; before, rows wait for each other's budget."""
    while await Case.all().count() < cases:  # noqa: ASYNC110 - the server does it
        await asyncio.sleep(0.01)
    await _cut_off_whoever_waits()


async def test_of_rivals_with_one_batch_each_elder_has_one_case(window: Window) -> None:
    rows = await window.rows(4)

    heard = await asyncio.gather(*(window.file(rows, key=f"k{number % 4}") for number in range(8)))

    assert {each.code for each in heard if each.status != 200} <= {"overloaded"}
    assert await Case.all().count() == await Person.all().count() == 4
    await window.outcomes(rows)
    assert await Case.all().count() == 4


async def test_an_authority_that_is_away_is_asked_again_by_the_repetition(
    api: Served, window: Window
) -> None:
    rows = await window.rows(3)
    await api.phones.fault(IDENTITY, "http_500")

    assert (await window.file(rows)).code == "identity_unavailable"
    assert await window.outcomes(rows) == [(201, "")] * 3


async def test_each_bad_row_says_what_is_wrong_and_the_others_are_filed(
    api: Served, window: Window
) -> None:
    good = await window.row()
    person = good["person"]
    young = await window.row()
    young["person"] |= {"id_number": id_number(born=date(2000, 1, 1))}
    wrong = canonical(person["id_number"])[:-1] + ("0" if person["id_number"][-1] != "0" else "1")
    other = await window.row()
    await api.phones.person("王芳", other["person"]["id_number"])
    known = await window.row()
    [filed] = (await window.file([known], key="known")).body["results"]
    owner = await Case.get(id=filed["case_id"])
    table: list[tuple[Row, tuple[int, str]]] = [
        (good, (201, "")),
        (await window.row(person=person), (409, "batch_row_repeated")),
        (await window.row(person=person | {"id_number": wrong}), (422, "id_number_invalid")),
        (young, (422, "condition_unmet")),
        (other, (422, "identity_mismatch")),
        (await window.row(person=known["person"] | {"name": "李兰"}), (409, "person_differs")),
        (
            await window.row(person=None, person_id=str(owner.subject_id)),
            (409, "batch_row_repeated"),
        ),
        (await window.row(person=None), (422, "batch_row_unclear")),
        (await window.row(form={}), (422, "form_invalid")),
        (await window.row(materials=[]), (422, "material_missing")),
        (await window.row(materials=good["materials"]), (409, "batch_file_shared")),
        (
            await window.row(consent={"kind": "signature"}),
            (422, "consent_file_missing"),
        ),
        (await window.row(person=None, person_id=str(uuid7())), (404, "person_not_found")),
    ]
    rows = [row for row, _ in table]
    alone = [outcome for _, outcome in table]
    dry = [(200, "") if outcome[0] == 201 else outcome for outcome in alone]

    assert await window.outcomes(rows, key="dry", dry_run=True) == dry
    heard = await window.file(rows)

    results = heard.body["results"]
    assert [(each["status"], each.get("problem", {}).get("code", "")) for each in results] == alone
    assert all("第 1 行" in results[no]["problem"]["detail"] for no in (1, 10))
    assert {param["name"] for param in results[8]["problem"]["invalid_params"]} == {
        "form.bank_account",
        "form.declaration",
    }
    assert await Case.all().count() == 2
    assert not await Person.filter(id_number_hash=vault.blind("id_number", wrong)).exists()
    # Whom we know is told of each time that somebody asked, refused or only tried.
    asked = await connection().execute_query_dict(
        "SELECT details->'persons' ? $1 AS found FROM access_log"
        " WHERE action = 'search_persons' ORDER BY seq",
        [str(owner.subject_id)],
    )
    assert [row["found"] for row in asked] == [False, True, True]


async def test_a_list_that_all_signed_is_the_consent_of_each_and_nobody_reads_the_others(
    window: Window,
) -> None:
    signed = {"kind": "signature", "file_id": str(await window.scan())}
    rows = [await window.row(consent=signed) for _ in range(3)]
    # Whose paper it is as well, of them it is no list.
    mixed = [await window.row(consent=signed | {"file_id": rows[0]["materials"][0]["file_id"]})]
    assert await window.outcomes(rows + mixed, key="dry", dry_run=True) == [
        *[(200, "")] * 3,
        (409, "batch_file_shared"),
    ]
    assert await StoredFile.filter(unit_id=COMMUNITY).count() == 0

    assert await window.outcomes(rows) == [(201, "")] * 3

    kept = await StoredFile.get(id=signed["file_id"])
    assert (kept.unit_id, kept.person_id, kept.staff_id) == (COMMUNITY, None, None)
    taken = await CaseIntake.filter(consent_file_id=kept.id).values_list("case_id", flat=True)
    assert {*taken} == {*await Case.all().values_list("id", flat=True)}
    # One that was forgotten is filed with the same list; at another window it is nobody's.
    assert await window.outcomes([await window.row(consent=signed)], key="l") == [(201, "")]
    elsewhere = await at_a_window(window.api, "210103005001")
    late = await elsewhere.row(consent=signed)
    assert await elsewhere.outcomes([late]) == [(422, "file_unknown")]
    elder = await an_account(
        assurance=Assurance.REAL_NAME,
        person_id=(await Person.all().first()).id,  # type: ignore[union-attr]
    )
    with pytest.raises(FileNotFound):
        await files.of_resident(kept.id, elder.id)
    case_id = str((await Case.all().first()).id)  # type: ignore[union-attr]
    shown = await window.api.ask(
        "GET", f"/api/v1/staff/cases/{case_id}/files/{kept.id}", token=window.token
    )
    assert shown.status == 200
    checks = [
        each for each in audit.checks() if each.name in {"paper_has_file", "intake_of_window"}
    ]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []


async def test_a_batch_that_cannot_be_is_refused_whole(api: Served, window: Window) -> None:
    row = await window.row()
    person = row["person"]
    table: list[tuple[list[Row], dict[str, Any], str]] = [
        ([row] * 501, {}, "body_invalid"),
        ([], {}, "batch_rows_unclear"),
        ([row], {"table": {"format": "csv", "content": "5aeT"}}, "batch_rows_unclear"),
        ([], {"table": {"format": "csv", "content": "5aeT?"}}, "batch_table_invalid"),
        ([row | {"person": person | {"age": 80}}], {}, "body_invalid"),
        ([row], {"item_code": "SP-XX-999"}, "item_unknown"),
        ([row], {"item_code": "FW-GA-003"}, "item_booked_only"),
        ([row], {"unit_code": "210103005001"}, "window_missing"),
    ]
    for rows, changes, code in table:
        assert (await window.file(rows, **changes)).code == code
    [param] = (await window.file([row] * 501)).body["invalid_params"]
    assert (param["name"], param["reason"]) == ("rows", "一次最多 500 行，请分批")
    reviewer = await staff.create("王五", posts=[(COMMUNITY, Role.REVIEWER)], now=clock.now())
    session = await sessions.start(Audience.STAFF, reviewer, now=clock.now())
    assert (await Window(api, reviewer, session.access_token).file([row])).code == "window_missing"
    body = {"item_code": ITEM, "rows": [row], "dry_run": True}
    without = await api.ask("POST", PATH, body, token=window.token)
    assert without.code == "idempotency_key_missing"
    assert not await Case.exists()
