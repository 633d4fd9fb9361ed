"""With one tap at submission the result is on the phone, whatever was told before it."""

from aiohttp import ClientSession

from tests.live import Live
from tests.people import on_duty, person, until

ITEM = "SP-MZ-001"


async def test_after_one_tap_the_decision_is_on_the_phone(live: Live, http: ClientSession) -> None:
    wang = person(live, http)
    await wang.register()
    plan = await wang.get(f"/api/v1/subscriptions/plan?purpose=submit&item={ITEM}")
    await wang.agree([each["template_id"] for each in plan["templates"] if each["ask"]])

    case = await wang.apply(ITEM)
    clerk, reviewer, approver = [
        await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver")
    ]
    await clerk.act(case["id"], "accept")
    for who in (clerk, reviewer):
        await who.act(case["id"], "pass", {"opinion": "同意"})

    async def told() -> dict[str, tuple[str, str | None]]:
        """What became of the copy of each message, by its kind; of several the last."""
        lines = (await wang.get("/api/v1/messages?limit=50"))["items"]
        return {
            line["kind"]: (line["deliveries"][0]["status"], line["deliveries"][0]["reason"])
            for line in reversed(lines)
        }

    async def kept() -> bool:
        return (await told())["case.pass"] == ("waiting_credit", "kept")

    await until(kept)
    await approver.act(case["id"], "decide", {"outcome": "approved", "opinion": "符合条件"})

    async def arrived() -> bool:
        return (await told())["case.approve"] == ("delivered", None)

    await until(arrived)
    (message,) = await wang.phone_messages()
    assert message["data"]["phrase3"] == {"value": "已通过"}
    assert case["id"] in message["page"]
    assert await told() == {
        "case.submit": ("dropped", "echo"),
        "case.accept": ("dropped", "superseded"),
        "case.pass": ("dropped", "superseded"),
        "case.approve": ("delivered", None),
    }
    # Opened again, the app asks for the delivery that is still to come.
    again = await wang.get("/api/v1/subscriptions/plan?purpose=open")
    assert [(each["importance"], each["balance"], each["ask"]) for each in again["templates"]] == [
        ("result", 0, True)
    ]
