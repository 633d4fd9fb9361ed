"""An agent does and sees just what the mandate covers, and nothing once it has ended."""

from datetime import timedelta

from backend.cases.acts import notice
from backend.cases.acts.notice import Defect
from backend.cases.reading import accesses
from backend.identity import sessions
from backend.mandates import giving
from config import clock
from config.database import connection
from models import (
    Appointment,
    Audience,
    Case,
    CaseMaterial,
    CaseStatus,
    Message,
    Right,
    Role,
    StoredFile,
)
from tests.backend.appointments.factories import a_slot, an_office
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, a_case, a_file, an_actor, staff
from tests.backend.mandates.pairs import a_pair, body, give_up
from tests.backend.mandates.soundness import WITHOUT, an_upload, found_if, sound
from tests.serving import Served

CASES, VISITS, OTHER = "/api/v1/cases", "/api/v1/appointments", "SP-MZ-002"


async def test_an_agent_sees_the_principals_cases_of_these_items_and_is_written_down(
    api: Served,
) -> None:
    pair = await a_pair(items=[OTHER])
    hers = await a_case(by=pair.principal, item_code=OTHER)
    own = await a_case(by=pair.agent, item_code=OTHER)
    headers = {"On-Behalf-Of": str(pair.mandate.id)}

    listed = await api.ask("GET", CASES, token=pair.token, **headers)
    shown = await api.ask("GET", f"{CASES}/{hers.id}", token=pair.token, **headers)

    assert [each["id"] for each in listed.body["items"]] == [str(hers.id)]
    assert (shown.body["query_code"], shown.body["actions"]) == ("", [])
    for hidden in (pair.case_id, own.id):
        heard = await api.ask("GET", f"{CASES}/{hidden}", token=pair.token, **headers)
        assert heard.code == "case_not_found"
    # Without the mandate they are nobody's business.
    heard = await api.ask("GET", f"{CASES}/{hers.id}", token=pair.token)
    assert heard.code == "case_not_found"
    rows = await connection().execute_query_dict(
        "SELECT actor_id, resident_id, details FROM access_log WHERE action = 'act_for'"
        " AND object_id = $1 ORDER BY seq",
        [str(pair.mandate.id)],
    )
    assert [row["details"] for row in rows] == [
        '{"did": "list_cases"}',
        f'{{"did": "open_case", "case": "{hers.id}"}}',
    ]
    assert {(row["actor_id"], row["resident_id"]) for row in rows} == {
        (pair.agent.id, pair.principal.id)
    }
    looks = await accesses.of_resident(pair.principal.id, before=None, limit=5)
    assert [(look.did, look.case_id, look.mandate_id, look.unit_code) for look in looks] == [
        ("open_case", hers.id, pair.mandate.id, None),
        ("list_cases", None, pair.mandate.id, None),
    ]
    assert await accesses.of_resident(pair.agent.id, before=None, limit=5) == []


async def test_what_an_agent_files_is_the_principals_who_is_told(api: Served) -> None:
    pair = await a_pair(items=[ITEM], rights=[Right.SUBMIT])
    await give_up(pair)
    file_id = await an_upload(pair.agent)
    headers = {"On-Behalf-Of": str(pair.mandate.id), "Idempotency-Key": "k"}
    sent = body(file_id)

    filed = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    again = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    own = await api.ask("POST", CASES, sent, token=pair.token, **{"Idempotency-Key": "k"})

    assert filed.status == 201, filed.body
    assert again.body == filed.body
    assert own.code == "idempotency_key_reused"
    # Without a right to be shown what is known, they are shown what they gave.
    assert (filed.body["query_code"], filed.body["form"]) == ("", FORM)
    case, file = await Case.get(id=filed.body["id"]), await StoredFile.get(id=file_id)
    hers = pair.principal.person_id
    assert (case.resident_id, case.subject_id, case.filed_by_id) == (None, hers, pair.agent.id)
    assert (file.resident_id, file.person_id) == (None, hers)
    told = await Message.get(case_id=case.id, kind="case.submit_by_agent")
    assert told.resident_id == pair.principal.id  # type: ignore[attr-defined]
    granted = await sessions.start(Audience.RESIDENT, pair.principal.id, now=clock.now())
    seen = await api.ask("GET", f"{CASES}/{case.id}", token=granted.access_token)
    assert seen.body["timeline"][0]["text"].startswith("您授权的代办人已代您提交")
    assert seen.body["query_code"]
    looks = await accesses.of_resident(pair.principal.id, before=None, limit=5)
    acted = [(look.did, look.case_id) for look in looks if look.did]
    assert acted == [("submit_again", case.id), ("submit", case.id)]
    await giving.revoke(pair.mandate.id, by=pair.principal, now=clock.now())
    gone = await api.ask("POST", CASES, sent, token=pair.token, **headers)
    assert gone.code == "mandate_missing"
    await sound()


async def test_an_agent_answers_and_withdraws_and_the_principal_is_told(api: Served) -> None:
    pair = await a_pair()
    near, file_id = await staff((COMMUNITY, Role.CLERK)), await an_upload(pair.agent)
    defects = [Defect(material_code="id_card", reason="不清楚")]
    await notice.request_supplement(
        pair.case_id,
        by=near,
        seen=1,
        now=clock.now(),
        defects=defects,
        note=None,
        override_reason=None,
    )
    path = f"{CASES}/{pair.case_id}"
    headers = {"On-Behalf-Of": str(pair.mandate.id)}
    papers = body(file_id)["materials"]
    foreign = body(await an_upload(await an_actor()))["materials"]

    refused = await api.ask(
        "POST", f"{path}/supplement", {"materials": foreign}, token=pair.token, **headers
    )
    answered = await api.ask(
        "POST", f"{path}/supplement", {"materials": papers}, token=pair.token, **headers
    )
    shown = await api.ask("GET", f"/api/v1/files/{file_id}", token=pair.token, **headers)
    own = await api.ask("GET", f"/api/v1/files/{file_id}", token=pair.token)
    ended = await api.ask("POST", f"{path}/withdraw", {}, token=pair.token, **headers)

    assert refused.code == "file_unknown"
    assert [each.status for each in (answered, shown, ended)] == [200] * 3, answered.body
    assert (ended.body["status"], ended.body["query_code"]) == ("withdrawn", "")
    assert own.code == "file_not_found"
    texts = [each["text"] for each in ended.body["timeline"][-2:]]
    assert texts == ["您授权的代办人已代您补正", "您授权的代办人已代您撤回"]
    for kind in ("supplement_by_agent", "withdraw_by_agent"):
        told = await Message.get(case_id=pair.case_id, kind=f"case.{kind}")
        assert told.resident_id == pair.principal.id  # type: ignore[attr-defined]
    await sound()
    for wrong in WITHOUT:
        assert await found_if(wrong) == {"event_by_somebody"}


async def test_an_agent_says_whether_it_was_solved_has_it_on_paper_and_finds_what_was_handed_in(
    api: Served,
) -> None:
    pair = await a_pair(items=["FW-XX-001"])
    done = [
        await a_case(CaseStatus.DONE, by=pair.principal, item_code="FW-XX-001") for _ in range(2)
    ]
    headers = {"On-Behalf-Of": str(pair.mandate.id)}
    hidden, shown = [await a_file(pair.principal) for _ in range(2)]
    for case_id, file_id in ((pair.case_id, hidden), (done[0].id, shown)):
        await CaseMaterial.create(
            case_id=case_id, code="photo", file_id=file_id, created_at=clock.now()
        )

    closed = await api.ask("POST", f"{CASES}/{done[0].id}/confirm", {}, token=pair.token, **headers)
    again = await api.ask(
        "POST", f"{CASES}/{done[1].id}/reopen", {"reason": "灯还没亮"}, token=pair.token, **headers
    )
    issued = await api.ask(
        "POST", f"{CASES}/{done[0].id}/papers", {"kind": "receipt"}, token=pair.token, **headers
    )
    listed = await api.ask("GET", "/api/v1/me/files", token=pair.token, **headers)

    assert (closed.body["status"], again.body["status"]) == ("closed", "dispatched"), again.body
    assert (issued.status, listed.body["items"][0]["used"][0]["case_id"]) == (201, str(done[0].id))
    assert [each["id"] for each in listed.body["items"]] == [str(shown)]
    for case, kind in zip(done, ("confirm", "reopen"), strict=True):
        told = await Message.get(case_id=case.id, kind=f"case.{kind}_by_agent")
        assert told.resident_id == pair.principal.id  # type: ignore[attr-defined]
    did = await connection().execute_query_dict(
        "SELECT details::json->>'did' AS did FROM access_log WHERE action = 'act_for' ORDER BY seq"
    )
    assert [row["did"] for row in did] == ["confirm", "reopen", "issue_paper", "list_files"]


async def test_an_agent_books_moves_and_cancels_and_the_principal_is_told_too(api: Served) -> None:
    pair = await a_pair(items=None)
    headers = {"On-Behalf-Of": str(pair.mandate.id)}
    key = {"Idempotency-Key": "k"}
    office = await an_office()
    first = await a_slot(office)
    later = await a_slot(office, starts_at=first.starts_at + timedelta(days=1))
    sent = {"slot_id": str(first.id)}

    booked = await api.ask("POST", VISITS, sent, token=pair.token, **headers | key)
    again = await api.ask("POST", VISITS, sent, token=pair.token, **headers | key)
    twice = await api.ask(
        "POST", VISITS, sent, token=pair.token, **headers | {"Idempotency-Key": "l"}
    )
    path = f"{VISITS}/{booked.body['id']}"
    moved = await api.ask(
        "POST", f"{path}/reschedule", {"slot_id": str(later.id)}, token=pair.token, **headers
    )
    ended = await api.ask("POST", f"{path}/cancel", {}, token=pair.token, **headers)

    assert (booked.status, again.body, twice.code) == (201, booked.body, "already_booked")
    assert (moved.body["slot"]["id"], ended.body["status"]) == (str(later.id), "cancelled")
    row = await Appointment.get(id=booked.body["id"])
    assert (row.resident_id, row.person_id) == (None, pair.principal.person_id)  # type: ignore[attr-defined]
    assert row.booked_by_id == pair.agent.id
    told = await Message.filter(appointment_id=row.id, resident_id=pair.principal.id)
    assert {each.kind for each in told} == {
        f"appointment.{act}_by_agent" for act in ("book", "reschedule", "cancel")
    }
    listed = await api.ask(
        "GET", VISITS, token=pair.token, **{"On-Behalf-Of": headers["On-Behalf-Of"]}
    )
    assert [each["id"] for each in listed.body["items"]] == [str(row.id)]
    assert (await api.ask("GET", path, token=pair.token)).code == "appointment_not_found"
    await sound()
    assert await found_if(WITHOUT[0]) == {"appointment_event_by_somebody"}
