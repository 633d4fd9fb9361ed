"""The rules of appointments by themselves: who may do what until when, and who serves what."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from backend.appointments.plan import services
from backend.appointments.plan.plans import check_hours
from backend.appointments.record.places import Office
from backend.appointments.rules import lifecycle, refusals
from backend.appointments.rules.lifecycle import Action, By
from backend.appointments.rules.refusals import (
    AlreadyBooked,
    BookingOverlaps,
    DaysInvalid,
    ItemNotBookable,
    ItemNotOfCase,
    ItemNotServed,
    OfficeClosed,
    SlotFull,
    TooManyBookings,
)
from backend.idempotency.refusals import IdempotencyKeyInFlight
from config.clock import CITY_TIME
from config.settings import settings
from models import AppointmentStatus, UnitLevel
from tests.backend.appointments import golden
from tests.backend.catalogue.small import an_item

NOON = datetime(2026, 3, 9, 12, tzinfo=CITY_TIME)
S = AppointmentStatus


@pytest.mark.parametrize("status", S)
def test_each_move_is_made_by_its_own_and_until_the_slot_begins(status: AppointmentStatus) -> None:
    for action in Action:
        agreed = golden.MOVES.get((status, action))
        for by in By:
            found = lifecycle.move(status, action, by=by)
            assert (found is not None) == (agreed is not None and agreed[0] == by), (action, by)
            assert found is None or (found.after, found.by) == (agreed and agreed[1], by)
    mine = [action for action in ("cancel", "reschedule") if (status, action) in golden.MOVES]
    just_before = NOON - timedelta(microseconds=1)
    assert lifecycle.actions(status, starts_at=NOON, now=just_before) == mine
    assert lifecycle.actions(status, starts_at=NOON, now=NOON) == []


@pytest.mark.parametrize("action", Action)
def test_an_action_leads_from_where_the_table_has_it(action: Action) -> None:
    assert lifecycle.sources(action) == [at for at, does in golden.MOVES if does == action]


def test_what_takes_a_seat_and_what_is_ahead_is_as_agreed() -> None:
    assert golden.SEATED == lifecycle.SEATED
    assert {*lifecycle.AHEAD} == golden.AHEAD
    assert {*S} - golden.AHEAD == {*lifecycle.OVER}
    assert lifecycle.BOOKED.after is S.BOOKED


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [
        ("already_booked", AlreadyBooked),
        ("booking_overlaps", BookingOverlaps),
        ("too_many_bookings", TooManyBookings),
    ],
)
def test_what_the_database_answers_is_raised(refusal: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        refusals.check_booked(refusal)
    if raised is TooManyBookings:
        # A seat for another is none more.
        with pytest.raises(LookupError):
            refusals.check_moved(refusal)
        return
    with pytest.raises(raised):
        refusals.check_moved(refusal)


def test_where_it_answers_nothing_nothing_is_raised() -> None:
    refusals.check_booked(None)
    refusals.check_moved(None)
    refusals.check_not_closed({"open": True, "shut": False})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"open": False, "shut": False}, "这个网点已停止预约"),
        ({"open": False, "shut": True}, "这个网点已停止预约"),
        ({"open": True, "shut": True}, "这个网点当天停止办理"),
    ],
)
def test_a_closed_office_and_a_closed_day_are_told_apart(found: Any, said: str) -> None:
    with pytest.raises(OfficeClosed, match=said):
        refusals.check_not_closed(found)


def violated(name: str | None) -> IntegrityError:
    """What Tortoise raises where PostgreSQL names this constraint."""
    error = IntegrityError("violated")
    error.__cause__ = type("Cause", (Exception,), {"constraint_name": name})()
    return error


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("slot_not_overbooked", SlotFull),
        ("appointment_once_a_day", AlreadyBooked),
        ("idempotency_key_pkey", IdempotencyKeyInFlight),
    ],
)
def test_a_violated_constraint_is_the_refusal_that_it_stands_for(
    name: str, refusal: type[Exception]
) -> None:
    assert type(refusals.of_constraint(violated(name))) is refusal
    assert refusals.constraint_of(violated(name)) == name


@pytest.mark.parametrize("error", [violated("other"), violated(None), IntegrityError("bare")])
def test_any_other_is_our_own_fault_and_stays_what_it_is(error: IntegrityError) -> None:
    assert refusals.of_constraint(error) is error
    assert refusals.constraint_of(error) in {"other", ""}


@pytest.mark.parametrize(
    ("refused", "name", "said"),
    [
        (DaysInvalid(7), "to", "须从早到晚，最多7天"),
        (ItemNotBookable(), "item_code", "没有这个事项"),
        (ItemNotBookable("该事项无须预约"), "item_code", "该事项无须预约"),
        (ItemNotOfCase(), "item_code", "这个办件不是该事项的办件"),
        (ItemNotServed(office="甲", item="乙", field="slot_id"), "slot_id", "甲不办理“乙”"),
    ],
)
def test_a_refusal_names_the_field_and_says_why(refused: Any, name: str, said: str) -> None:
    [param] = refused.invalid_params
    assert (param.name, param.code, param.reason) == (name, refused.code, said)
    assert said in refused.detail


def test_how_many_one_may_hold_is_said_as_it_is_set() -> None:
    assert f"最多保留{settings().bookings_per_person}个" in TooManyBookings().detail


HALL = Office(
    id=UUID(int=1),
    code="210102001000",
    name="街道服务大厅",
    address="",
    phone="",
    lat=None,
    lng=None,
    items=None,
    unit_code="210102001000",
    unit_name="街道",
    unit_level=UnitLevel.STREET,
    unit_path="210100/210102/210102001000",
    department_code=None,
)
OF_DEPARTMENT = replace(HALL, unit_level=UnitLevel.DEPARTMENT, department_code="MZ", name="婚姻处")
NAMED = replace(OF_DEPARTMENT, items=frozenset({"FW-TS-001"}))
OTHERS = replace(OF_DEPARTMENT, items=frozenset({"FW-TS-009"}))
AT = UnitLevel


@pytest.mark.parametrize(
    ("office", "levels", "department", "expected"),
    [
        (HALL, (AT.STREET,), "MZ", True),
        (HALL, (AT.STREET,), "GA", True),
        (HALL, (AT.COMMUNITY, AT.STREET), "MZ", True),
        (HALL, (AT.COMMUNITY,), "MZ", False),
        (HALL, (AT.DEPARTMENT,), "MZ", False),
        (HALL, (), "MZ", False),
        (OF_DEPARTMENT, (AT.DEPARTMENT,), "MZ", True),
        (OF_DEPARTMENT, (AT.DEPARTMENT,), "GA", False),
        (OF_DEPARTMENT, (AT.STREET,), "MZ", False),
        (NAMED, (AT.DEPARTMENT,), "MZ", True),
        (NAMED, (AT.DEPARTMENT,), "GA", False),
        (OTHERS, (AT.DEPARTMENT,), "MZ", False),
        # A hall of divisions serves what its level does, whatever it names.
        (replace(HALL, items=frozenset()), (AT.STREET,), "MZ", True),
    ],
)
def test_an_office_serves_what_its_unit_does(
    office: Office, levels: tuple[UnitLevel, ...], department: str, *, expected: bool
) -> None:
    item = an_item({"properties": {}}, offices_at=levels, department_code=department)

    assert services.serves(office, item) is expected
    assert services.at(office, [item]) == ([item] if expected else [])
    if expected:
        services.check(item, office, field="slot_id")
        return
    with pytest.raises(ItemNotServed) as refused:
        services.check(item, office, field="slot_id")
    assert refused.value.invalid_params[0].name == "slot_id"
    assert office.name in refused.value.detail


def test_who_comes_brings_what_is_theirs_and_must_be_there_or_be_shown() -> None:
    papers = [
        {"name": name, "provided_by": by, "required": required, "bring_to_window": bring}
        for name, by, required, bring in [
            ("必交", "applicant", True, False),
            ("出示", "applicant", False, True),
            ("都是", "applicant", True, True),
            ("可交", "applicant", False, False),
            ("表单", "form", True, True),
            ("系统", "system", True, False),
        ]
    ]
    item = an_item({"properties": {}}, materials=tuple(papers))

    assert services.bring(item) == ["必交", "出示", "都是"]


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        ([("09:00", "09:30")], 30),
        ([("09:00", "11:00"), ("13:00", "17:00")], 60),
        ([("00:00", "23:59")], 480),
    ],
)
def test_hours_in_which_slots_fit_are_taken(hours: list[tuple[str, str]], minutes: int) -> None:
    check_hours(hours, minutes)


@pytest.mark.parametrize(
    ("hours", "minutes", "said"),
    [
        ([("09:00", "09:29")], 30, "短于一个时段"),
        ([("09:00", "12:00"), ("13:00", "13:10")], 15, "短于一个时段"),
        ([("12:00", "09:00")], 30, "须从早到晚"),
        ([("09:00", "09:00")], 5, "须从早到晚"),
        ([("09:00", "12:00"), ("11:00", "13:00")], 5, "须从早到晚"),
        ([("09:00", "12:00"), ("12:00", "13:00")], 5, "须从早到晚"),
        ([("13:00", "14:00"), ("09:00", "12:00")], 5, "须从早到晚"),
    ],
)
def test_hours_that_go_back_or_hold_no_slot_are_refused(
    hours: list[tuple[str, str]], minutes: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        check_hours(hours, minutes)
