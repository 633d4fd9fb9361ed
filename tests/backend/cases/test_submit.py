import asyncio
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import submit as submission
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.cases.record import numbers
from backend.errors import Conflict, Forbidden, Invalid, ServiceError
from backend.idempotency import keys
from backend.identity.actors import ResidentActor
from models import (
    Assurance,
    Case,
    CaseEvent,
    CaseForm,
    CaseMaterial,
    CaseStatus,
    Delivery,
    IdempotencyKey,
    Message,
    Resident,
    Role,
    Task,
    uuid7,
)
from tests.accounts import a_person
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, NOW, a_file, an_actor

RIVALS = 12


async def papers(by: ResidentActor) -> list[tuple[str, UUID]]:
    file_id = await a_file(by)
    codes = ("id_card", "household_register", "economic_check_authorisation")
    return [(code, file_id) for code in codes]


async def submit(by: ResidentActor, *, key: str | None = None, **given: Any) -> bytes:
    application = Application(
        **{"item_code": ITEM, "form": FORM, "materials": await papers(by)} | given
    )
    once = key and keys.once(f"resident:{by.id}", key, method="POST", path="/cases", body=b"")
    return await submission.submit(
        application,
        resident_id=by.id,
        now=NOW,
        once=once or None,
        render=lambda case: str(case.id).encode(),
    )


async def test_one_submission_writes_everything_that_belongs_to_it(city: None) -> None:
    by = await an_actor()

    case_id = UUID((await submit(by, key="k")).decode())

    case = await queries.one_of_resident(case_id, by.id)
    assert case.status is CaseStatus.SUBMITTED
    assert case.holder_code == COMMUNITY
    assert case.number.startswith("21010220260309")
    assert case.notice_due_at.isoformat() == "2026-03-16T15:59:59+00:00"
    assert case.form is not None
    assert case.form["reason"] == FORM["reason"]
    assert {material.code for material in case.materials} == {code for code, _ in await papers(by)}
    assert [event.action for event in case.events] == ["submit"]
    assert await Task.filter(case_id=case_id, unit_id=COMMUNITY, done_at=None).count() == 1
    message = await Message.get(case_id=case_id, resident_id=by.id)
    assert case.number in message.body
    to_unit = await Message.get(case_id=case_id, unit_id=COMMUNITY, role=Role.CLERK)
    assert to_unit.kind == "staff.submit"
    assert [each.message_id for each in await Delivery.all()] == [message.id]
    assert await IdempotencyKey.all().count() == 1


async def test_the_form_lies_sealed_in_the_database(city: None) -> None:
    case_id = UUID((await submit(await an_actor())).decode())

    sealed = bytes((await CaseForm.get(case_id=case_id)).form_sealed)

    assert "低保".encode() not in sealed
    assert b"6217000000000000001" not in sealed


async def test_rivals_with_one_key_make_one_case_and_get_one_answer(city: None) -> None:
    by = await an_actor()

    answers = await asyncio.gather(
        *(submit(by, key="same") for _ in range(RIVALS)), return_exceptions=True
    )

    given = {answer for answer in answers if isinstance(answer, bytes)}
    assert len(given) == 1
    assert all(isinstance(answer, bytes | Conflict) for answer in answers)
    assert await Case.all().count() == 1
    stored = await keys.answered(
        keys.once(f"resident:{by.id}", "same", method="POST", path="/cases", body=b"")
    )
    assert stored is not None
    assert {stored.body} == given


async def test_rivals_with_own_keys_make_one_case(city: None) -> None:
    by = await an_actor()

    answers = await asyncio.gather(
        *(submit(by, key=str(rival)) for rival in range(RIVALS)), return_exceptions=True
    )

    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == RIVALS - 1
    assert {error.code for error in refused} == {"case_already_open"}
    assert all("“我的办件”" in error.detail for error in refused)
    assert await Case.all().count() == await CaseEvent.all().count() == 1
    assert await IdempotencyKey.all().count() == await Delivery.all().count() == 1
    assert await Message.all().count() == 2


async def test_two_accounts_of_one_person_have_one_open_case(city: None) -> None:
    accounts = [await an_actor(), await an_actor()]
    await Resident.filter(id=accounts[1].id).update(person_id=accounts[0].person_id)
    for turn in range(3):
        answers = await asyncio.gather(
            *(submit(accounts[rival % 2]) for rival in range(RIVALS)), return_exceptions=True
        )

        refused = [answer for answer in answers if isinstance(answer, Conflict)]
        assert {error.code for error in refused} == {"case_already_open"}
        assert all("“我的办件”" in error.detail for error in refused)
        assert len(refused) == RIVALS - 1
        assert await Case.all().count() == turn + 1
        await Case.all().update(status=CaseStatus.WITHDRAWN)


async def test_a_case_that_ends_while_it_is_in_the_way_is_in_it_no_more(city: None) -> None:
    by = await an_actor()
    for _ in range(3):
        case_id = UUID((await submit(by)).decode())
        ended = Case.filter(id=case_id).update(status=CaseStatus.WITHDRAWN)

        answers = await asyncio.gather(
            *(submit(by) for _ in range(RIVALS)), ended, return_exceptions=True
        )

        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(isinstance(one, Conflict) for one in refused), refused
        assert await Case.filter(status=CaseStatus.SUBMITTED).count() <= 1
        await Case.all().update(status=CaseStatus.WITHDRAWN)


async def test_an_account_that_becomes_known_keeps_its_open_case(city: None) -> None:
    by = await an_actor()
    await submit(by)
    # As it was filed before.
    await Case.all().update(subject_id=None)

    with pytest.raises(Conflict) as refused:
        await submit(by)

    assert refused.value.code == "case_already_open"


async def test_two_broken_lamps_are_two_cases_and_one_lamp_is_one(city: None) -> None:
    by = await an_actor()

    def lamp(place: str) -> dict[str, Any]:
        return {
            "item_code": "FW-CG-003",
            "materials": [],
            "form": {
                "applicant": {"name": "王秀英", "phone": "13800138000"},
                "place": {"address": place},
                "problem": {"description": "路灯不亮"},
                "reply": {"by": "message", "confidential": False},
                "fault": "dark",
            },
        }

    await submit(by, **lamp("文化路1号"))
    await submit(by, **lamp("文化路2号"))
    with pytest.raises(Conflict):
        await submit(by, **lamp("文化路1号"))

    assert await Case.all().count() == 2


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"item_code": "SP-XX-999"}, Invalid, "item_unknown"),
        ({"community_code": "999999999999"}, Invalid, "community_unknown"),
        ({"form": {}}, Invalid, "form_invalid"),
        ({"form": FORM | {"surprise": 1}}, Invalid, "form_invalid"),
        ({"form": FORM | {"reason": 7}}, Invalid, "form_invalid"),
        ({"form": FORM | {"reason": "长" * 5000}}, Invalid, "form_invalid"),
        ({"materials": []}, Invalid, "material_missing"),
        ({"materials": [("diploma", uuid7())]}, Invalid, "material_unknown"),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_name_and_writes_nothing(
    city: None, given: dict[str, Any], kind: type[ServiceError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        await submit(await an_actor(), key="k", **given)

    assert refused.value.code == code
    assert await Case.all().count() == await IdempotencyKey.all().count() == 0


async def test_somebody_elses_file_is_refused(city: None) -> None:
    by, other = await an_actor(), await an_actor()

    with pytest.raises(Invalid) as refused:
        await submit(by, materials=await papers(other))

    assert refused.value.code == "file_unknown"
    assert await Case.all().count() == await CaseMaterial.all().count() == 0


async def test_a_weaker_assurance_than_the_item_asks_is_refused(city: None) -> None:
    by = await an_actor(assurance=Assurance.PHONE)

    with pytest.raises(Forbidden) as refused:
        await submit(by)

    assert refused.value.code == "assurance_too_low"
    assert "实名" in refused.value.detail


async def test_an_assurance_that_rose_elsewhere_a_moment_ago_is_seen(city: None) -> None:
    by = await an_actor(assurance=Assurance.PHONE)
    person = await a_person()
    await Resident.filter(id=by.id).update(assurance=Assurance.REAL_NAME, person_id=person.id)

    assert await submit(by)


async def test_without_any_community_the_resident_is_asked_for_one(city: None) -> None:
    homeless = await an_actor()
    await Resident.filter(id=homeless.id).update(community_id=None)

    with pytest.raises(Invalid) as refused:
        await submit(homeless)

    assert refused.value.code == "community_required"


async def test_a_number_that_is_taken_is_given_to_nobody_else(city: None) -> None:
    """As when the sequence begins anew, or was set back by a restore."""
    first = UUID((await submit(await an_actor(), key="one")).decode())
    taken = (await Case.get(id=first)).number
    serial = int(taken[14:20])
    numbers.serials._left.extendleft((serial + 900_000, serial, serial))  # noqa: SLF001

    second = UUID((await submit(await an_actor(), key="two")).decode())

    case = await queries.one(second)
    assert case.number[:14] == taken[:14]
    assert int(case.number[14:20]) == serial + 900_000
    assert (await Message.get(case_id=second, unit_id=None)).body.count(case.number) == 1
    assert await Case.all().count() == await CaseForm.all().count() == 2
