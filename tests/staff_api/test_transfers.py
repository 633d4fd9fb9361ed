"""A case goes to another unit over HTTP, and who was recused is shown without the reason."""

from typing import Any

import pytest

from backend.identity import sessions, staff
from backend.staff_api import case_actions, cases, figures, files, papers, recusals, transfers
from config import clock
from models import Audience, Role, uuid7
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, sibling
from tests.serving import served

V1 = "/api/v1/staff"
NEIGHBOUR = sibling(COMMUNITY)
pytestmark = pytest.mark.usefixtures("city")


async def member(name: str, unit: str, role: Role = Role.CLERK) -> str:
    """The token of a member of staff."""
    person = await staff.create(name, posts=[(unit, role)], now=NOW)
    return (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def test_what_is_sent_is_listed_answered_counted_and_shown() -> None:
    sender, colleague = await member("张三", COMMUNITY), await member("李四", COMMUNITY)
    receiver, boss = (
        await member("王五", NEIGHBOUR),
        await member("赵六", "210102000000", Role.SUPERVISOR),
    )
    filed = [await a_case() for _ in range(2)]
    parts = (transfers, case_actions, recusals, figures, cases, files, papers)
    routes = [each.routes for each in parts]
    async with served(routes) as api:

        async def listed(token: str, query: str = "") -> dict[str, Any]:
            found: dict[str, Any] = (
                await api.ask("GET", f"{V1}/transfers{query}", token=token)
            ).body
            return found

        for case in filed:
            sent = await api.ask(
                "POST",
                f"{V1}/cases/{case.id}/transfer",
                {"unit_code": NEIGHBOUR, "reason": "申请人住在贵社区"},
                token=sender,
                **{"If-Match": f'"{case.version}"'},
            )
            assert (sent.status, sent.body["transfer_to"]["code"]) == (200, NEIGHBOUR)
        first = await listed(receiver, "?limit=1")
        rest = await listed(receiver, f"?limit=1&cursor={first['next_cursor']}")
        assert [page["items"][0]["case"]["id"] for page in (first, rest)] == [
            str(case.id) for case in reversed(filed)
        ]
        assert rest["next_cursor"] is None
        assert len((await listed(sender, "?side=outgoing"))["items"]) == 2
        assert (await listed(sender))["items"] == (await listed(boss))["items"] == []

        handover = f"{V1}/cases/{filed[0].id}/handover"
        refused = await api.ask("POST", handover, {"accept": False}, token=receiver)
        assert (refused.status, refused.body["code"]) == (422, "handover_reason_required")
        taken = await api.ask("POST", handover, {"accept": True}, token=receiver)
        assert (taken.status, taken.body["state"]) == (200, "accepted")
        back = await api.ask(
            "POST", f"{V1}/cases/{filed[1].id}/transfer/recall", {}, token=colleague
        )
        assert (back.status, back.body["state"]) == (200, "recalled")
        counted = await api.ask("GET", f"{V1}/figures/transfers?days=31", token=boss)
        [pair] = counted.body["items"]
        assert (pair["from"]["code"], pair["to"]["code"]) == (COMMUNITY, NEIGHBOUR)
        assert [pair[name] for name in ("sent", "accepted", "recalled", "refused")] == [2, 1, 1, 0]
        nothing = await api.ask("GET", f"{V1}/figures/transfers", token=sender)
        assert nothing.body["items"] == []

        path = f"{V1}/cases/{filed[1].id}"
        made = await api.ask("POST", f"{path}/recusal", {"reason": "申请人是亲属"}, token=sender)
        assert made.status == 201
        reasons = {}
        for name, token in (("sender", sender), ("colleague", colleague), ("boss", boss)):
            case_seen = (await api.ask("GET", path, token=token)).body
            reasons[name] = [each["reason"] for each in case_seen["recusals"]]
            assert (case_seen["actions"] == []) == (name == "sender")
            assert bool(case_seen["form"]) == (name != "sender")
        assert reasons == {
            "sender": ["申请人是亲属"],
            "colleague": [None],
            "boss": ["申请人是亲属"],
        }
        # Nor are its forms, files and papers read in another way.
        for part, status in (("forms", 200), (f"files/{uuid7()}", 404), ("papers", 200)):
            theirs = await api.ask("GET", f"{path}/{part}", token=colleague)
            cut = await api.ask("GET", f"{path}/{part}", token=sender)
            assert (theirs.status, cut.status) == (status, 403), part
            assert cut.body["code"] == "staff_recused"
        issued = await api.ask("POST", f"{path}/papers", {"kind": "receipt"}, token=sender)
        assert (issued.status, issued.body["code"]) == (403, "staff_recused")
        mine = case_seen["recusals"][0]["staff_id"]
        said = {"reason": "申报有误"}
        ends: list[tuple[str, dict[str, Any], int, str | list[Any]]] = [
            (colleague, said, 404, "recusal_not_found"),
            (boss, said | {"staff_id": mine}, 403, "recusal_not_yours"),
            (sender, {"reason": " "}, 422, "body_invalid"),
            (sender, said, 200, []),
            (sender, said, 404, "recusal_not_found"),
        ]
        for token, body, status, told in ends:
            ended = await api.ask("POST", f"{path}/recusal/end", body, token=token)
            assert (ended.status, ended.body.get("items", ended.body.get("code"))) == (status, told)
        assert (await api.ask("GET", path, token=sender)).body["form"]
