"""What must hold is in the database itself, since `Meta.constraints` never gets there."""

import pytest
from tortoise.exceptions import BaseORMException

from config.database import connection
from models import Case, CaseTransfer, Recusal, Role, Seat, Slot, uuid7
from tests.backend.appointments.factories import a_resident, a_slot, book
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, an_actor, staff

INDEXES = {
    "access_figures",
    "access_of_found",
    "access_of_object",
    "appointment_event_once",
    "appointment_of_case",
    "appointment_once_a_day",
    "appointment_to_remind_of",
    "appointment_to_remind_soon",
    "case_by_place",
    "case_event_once",
    "case_form_once",
    "case_intake_of_event",
    "case_named",
    "case_one_open",
    "case_outlook_once",
    "case_received",
    "case_to_warn_of",
    "case_transfer_incoming",
    "case_transfer_one_open",
    "case_transfer_outgoing",
    "case_transfer_taken_over",
    "delivery_next",
    "delivery_sent_to_staff",
    "delivery_sms",
    "staff_wecom_once",
    "delivery_to_hand_on",
    "delivery_held",
    "delivery_in_doubt",
    "delivery_waiting",
    "erasure_once",
    "family_copy_once",
    "family_copy_waiting",
    "idempotency_key_age",
    "item_version_once",
    "item_version_one_published",
    "mandate_one_waiting",
    "message_age",
    "message_of_person",
    "message_of_resident",
    "message_of_staff",
    "message_of_unit",
    "message_read_of_message",
    "message_read_once",
    "message_unread",
    "muted_kind_of_resident",
    "muted_kind_of_staff",
    "office_closure_once",
    "office_once",
    "opening_hours_once",
    "paper_of_case",
    "paper_once",
    "post_once",
    "recusal_in_force",
    "seat_once",
    "slot_once",
    "stored_file_of_person",
    "stored_file_of_staff",
    "subscription_credit_once",
    "task_by_arrival",
    "task_by_due",
    "task_counted",
    "task_filter_once",
    "task_one_open",
    "task_open_of_staff",
    "task_to_remind_of",
}
CHECKS = {
    "absence_by_another",
    "absence_days_in_order",
    "access_log_head_one",
    "case_intake_of_mandate",
    "case_transfer_end_told",
    "case_transfer_to_another",
    "data_load_once",
    "family_copy_accepted_by_one",
    "family_copy_end_told",
    "family_copy_to_another",
    "identity_check_has_one_asker",
    "mandate_a_year_at_most",
    "mandate_basis_kept",
    "mandate_end_told",
    "mandate_has_one_agent",
    "mandate_to_another",
    "muted_kind_of_one",
    "opening_hours_sound",
    "paper_revoked_by_somebody",
    "person_checked_known",
    "resident_real_name_of_person",
    "second_factor_whole",
    "session_has_one_owner",
    "slot_not_overbooked",
    "stored_file_has_one_owner",
    "subscription_credit_not_negative",
}
TRIGGERS = {
    "access_log_append_only",
    "access_log_chain",
    "access_log_head_grows",
    "access_log_head_kept",
    "appointment_event_append_only",
    "appointment_kept",
    "appointment_sound",
    "case_event_append_only",
    "case_form_append_only",
    "case_held_by_sender",
    "case_sound",
    "case_transfer_of_holder",
    "item_version_frozen",
    "item_version_kept",
    "message_sound",
    "message_told",
    "office_kept",
    "org_unit_kept",
    "paper_frozen",
    "seat_left",
    "seat_taken",
    "service_item_kept",
    "slot_kept",
    "slot_sound",
    "task_change_told",
    "task_told",
}

READ_BY_A_SYSTEM = (
    "UPDATE message SET recipient = 'system', system = 'x', resident_id = NULL, read_at = now()"
)


async def names(sql: str) -> set[str]:
    return {row["name"] for row in await connection().execute_query_dict(sql)}


async def test_every_constraint_index_and_trigger_is_there(database: None) -> None:
    indexes = await names(
        "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname !~ '^(idx|uid)_|_pkey$|_key$'"
    )
    checks = await names(
        "SELECT conname AS name FROM pg_constraint WHERE contype = 'c'"
        " AND connamespace = 'public'::regnamespace"
    )
    triggers = await names("SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal")

    assert indexes == INDEXES
    assert checks == CHECKS
    assert triggers == TRIGGERS


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM org_unit WHERE level = 'community'",
        "UPDATE org_unit SET code = 'x' WHERE code = '210102001001'",
        "DELETE FROM service_item WHERE code = 'FW-TD-001'",
        "DELETE FROM item_version",
        "UPDATE item_version SET name = 'another'",
        "UPDATE item_version SET status = 'draft'",
    ],
)
async def test_what_cases_refer_to_is_never_deleted_renamed_or_rewritten(
    city: None, change: str
) -> None:
    with pytest.raises(BaseORMException):
        await connection().execute_query_dict(f"{change} RETURNING 1")


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        ("appointment_booked_by_known", "UPDATE appointment SET booked_by = 'nobody'"),
        ("appointment_of_somebody", "UPDATE appointment SET resident_id = NULL, person_id = NULL"),
        ("case_filed_by_known", "UPDATE \"case\" SET filed_by = 'nobody'"),
        ("case_of_somebody", 'UPDATE "case" SET resident_id = NULL, subject_id = NULL'),
        ("case_outcome_known", "UPDATE \"case\" SET outcome = 'lost'"),
        ("case_version_positive", 'UPDATE "case" SET version = 0'),
        ("message_has_its_recipient", "UPDATE message SET recipient = 'staff'"),
        ("message_read_by_resident", READ_BY_A_SYSTEM),
        ("slot_ends_later", "UPDATE slot SET ends_at = starts_at"),
    ],
)
async def test_a_row_that_cannot_be_is_refused_by_name(
    city: None, broken: str, change: str
) -> None:
    resident = await an_actor()
    await a_case(by=resident)
    await book((await a_slot()).id, by=resident)

    with pytest.raises(BaseORMException, match=broken):
        await connection().execute_query_dict(f"{change} RETURNING 1")


async def test_a_case_is_in_one_units_hands_whoever_writes(city: None) -> None:
    case, by = await a_case(), await staff((COMMUNITY, Role.CLERK))
    elsewhere, third = "210102001002", "210102001003"

    async def sent(start: str, to: str) -> None:
        await CaseTransfer.create(
            case_id=case.id, from_unit_id=start, to_unit_id=to, sender_id=by.id, created_at=NOW
        )

    async def recused() -> None:
        await Recusal.create(
            case_id=case.id, staff_id=by.id, made_by=by.id, reason_sealed=b"x", created_at=NOW
        )

    with pytest.raises(BaseORMException, match="an open transfer is its holder's"):
        await sent(elsewhere, third)
    await sent(COMMUNITY, elsewhere)
    with pytest.raises(BaseORMException, match="case_transfer_one_open"):
        await sent(COMMUNITY, third)
    with pytest.raises(BaseORMException, match="an open transfer is its holder's"):
        await Case.filter(id=case.id).update(holder_id=third)
    await recused()
    with pytest.raises(BaseORMException, match="recusal_in_force"):
        await recused()


async def test_every_foreign_key_of_a_kept_table_restricts(database: None) -> None:
    loose = await names(
        "SELECT conname AS name FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'r'"
    )

    # A refresh token is nothing without its session, nor that somebody read a message without it.
    assert loose == {"refresh_token_session_id_fkey", "message_read_message_id_fkey"}


async def test_a_booked_slot_stays_and_a_seat_needs_a_slot(database: None) -> None:
    slot, empty = await a_slot(), await a_slot()
    booked = await book(slot.id, by=await a_resident())

    with pytest.raises(BaseORMException):
        await Slot.filter(id=slot.id).delete()
    with pytest.raises(BaseORMException):
        await Seat.filter(appointment_id=booked.id).update(slot_id=uuid7())
    with pytest.raises(BaseORMException):
        await Seat.create(slot_id=slot.id, appointment_id=booked.id)
    await Slot.filter(id=empty.id).delete()

    assert (await Slot.get(id=slot.id)).booked == 1


async def test_a_slot_that_was_left_stays_too(database: None) -> None:
    slot = await a_slot()
    booked = await book(slot.id, by=await a_resident())

    await Seat.filter(appointment_id=booked.id).delete()

    left = await Slot.get(id=slot.id)
    assert (left.booked, left.used) == (0, True)
    with pytest.raises(BaseORMException):
        await Slot.filter(id=slot.id).delete()
