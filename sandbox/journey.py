"""The demo's first story: one resident's whole journey."""

import asyncio
import secrets
from datetime import date, datetime, timedelta
from typing import Any

import aiohttp

from sandbox.actors import Client, id_number
from sandbox.handed_in import ITEM, dibao_form, photo
from sandbox.seed import COMMUNITY
from sandbox.telling import say, show, wrong

PATIENCE_SECONDS = 20.0
# How many messages of one template the story brings.
CASE_MESSAGES, BOOKING_MESSAGES = 8, 2


class Journey:
    """The people of the demo and what they do."""

    def __init__(self, http: aiohttp.ClientSession, api: str, sandbox: str) -> None:
        def client(user: str) -> Client:
            return Client(http, api, sandbox, user)

        self.wang = client(f"demo-{secrets.token_hex(3)}")
        self.clerk, self.reviewer, self.approver = map(client, ("clerk", "reviewer", "approver"))

    async def play(self) -> None:
        """The whole journey, from login to the last message."""
        await self.register()
        item = await self.find()
        case = await self.apply(item)
        await self.book()
        case = await self.handle(case)
        await self.explain(case)
        await self.read_messages()

    async def register(self) -> None:
        """Log in, bind the phone, state the real name, choose the community."""
        say("Wang 王 opens the mini-program and logs in with WeChat")
        session = await self.wang.log_in()
        show(f"session for {session['expires_in']} s, assurance {session['resident']['assurance']}")
        code = await self.wang.code("phone")
        await self.wang.call("POST", "/api/v1/me/phone", {"code": code})
        # On one day there is room for a thousand: a former run's open case would be hers as well.
        born = date(1950, 1, 1) + timedelta(days=secrets.randbelow(5000))
        person = {"name": "王秀英", "id_number": id_number(born=born)}
        await self.wang.control("POST", "/persons", person)
        me = (await self.wang.call("POST", "/api/v1/me/real-name", person)).body
        await self.wang.call("PUT", "/api/v1/me", {"community_code": COMMUNITY})
        masked = " ".join(me[name] for name in ("name_masked", "phone_masked", "id_number_masked"))
        show(f"now {me['assurance']}: {masked}")

    async def find(self) -> Any:
        """Search by initials and read what is needed."""
        say("She types the initials “db”")
        found = await self.wang.get("/api/v1/items?q=db&limit=3")
        for item in found["items"]:
            show(f"{item['code']} {item['name']} ({item['department']['name']})")
        item = await self.wang.get(f"/api/v1/items/{ITEM}")
        needed = [paper["name"] for paper in item["materials"] if paper["required"]]
        show(f"promised in {item['promised_days']} working days; bring: {'、'.join(needed)}")
        return item

    async def apply(self, item: Any) -> Any:
        """Upload the papers, agree to messages, submit, and submit again as a lost answer would."""
        say("She photographs her papers, agrees to be told, and submits")
        await self.agree("submit", times=CASE_MESSAGES)
        materials = [
            {
                "material_code": paper["code"],
                "file_id": await self.wang.upload("paper.jpg", photo("white"), "image/jpeg"),
            }
            for paper in item["materials"]
            if paper["required"]
        ]
        body = {"item_code": ITEM, "form": dibao_form(), "materials": materials}
        key = secrets.token_hex(8)
        case = await self.wang.post("/api/v1/cases", body, key=key)
        again = await self.wang.call("POST", "/api/v1/cases", body, key=key)
        if again.body != case or again.headers.get("Idempotent-Replayed") != "true":
            wrong("a repeated submission was not recognised")
        show(f"case {case['number']}, held by {case['holder']['name']}; sent twice, filed once")
        return case

    async def agree(self, purpose: str, *, times: int) -> None:
        """Agree to be told: each tap is good for one message of each template."""
        plan = await self.wang.get(f"/api/v1/subscriptions/plan?purpose={purpose}&item={ITEM}")
        for _ in range(times):
            await self.wang.agree([template["template_id"] for template in plan["templates"]])

    async def book(self) -> None:
        """Book, move and keep an appointment at the community's office."""
        say("She books a seat at her community's office, then moves it")
        offices = await self.wang.get(f"/api/v1/offices?item={ITEM}&community={COMMUNITY}")
        office = offices["items"][0]
        slots: list[Any] = []
        day = date.today()  # noqa: DTZ011 - the day after is free enough
        while len(slots) < 2:  # noqa: PLR2004 - one to book, one to move to
            day += timedelta(days=1)
            listed = await self.wang.get(f"/api/v1/offices/{office['id']}/slots?date={day}")
            slots = [slot for slot in listed["items"] if slot["available"]]
        await self.agree("book", times=BOOKING_MESSAGES)
        booked = await self.wang.post("/api/v1/appointments", {"slot_id": slots[0]["id"]})
        moved = await self.wang.post(
            f"/api/v1/appointments/{booked['id']}/reschedule", {"slot_id": slots[1]["id"]}
        )
        show(f"{office['name']}: {slots[0]['starts_at']} → {moved['slot']['starts_at']}")

    async def handle(self, case: Any) -> Any:
        """Staff ask for one paper again, then accept, pass, review, decide, deliver, close."""
        path = f"/api/v1/staff/cases/{case['id']}"
        for who in (self.clerk, self.reviewer, self.approver):
            await who.log_in(staff=True)
        say("The community's clerk is told of the case and takes it; one photo is blurred")
        inbox = await self.clerk.get("/api/v1/staff/messages?unread=true")
        told = next(line for line in inbox["items"] if line["case_id"] == case["id"])
        show(f"{told['title']}：{told['body']}")
        await self.clerk.post(f"/api/v1/staff/messages/{told['id']}/read")
        tasks = await self.clerk.get("/api/v1/staff/tasks?scope=unit")
        task = next(task for task in tasks["items"] if task["case"]["id"] == case["id"])
        await self.clerk.post(f"/api/v1/staff/tasks/{task['id']}/claim")
        paper = case["materials"][0]
        defect = {"material_code": paper["code"], "reason": "照片模糊，请重新拍摄"}
        seen = await self.clerk.post(
            f"{path}/supplement-requests", {"defects": [defect]}, version=case["version"]
        )
        show(f"{seen['status_text']}: {paper['name']} {defect['reason']}")
        say("Wang answers with a better photo")
        file_id = await self.wang.upload("again.jpg", photo("ivory"), "image/jpeg")
        material = {"material_code": paper["code"], "file_id": file_id}
        await self.wang.post(f"/api/v1/cases/{case['id']}/supplement", {"materials": [material]})
        say("The clerk accepts, the street reviews, the district's department decides")
        steps = [
            (self.clerk, "accept", {}),
            (self.clerk, "pass", {"opinion": "材料齐全"}),
            (self.reviewer, "pass", {"opinion": "入户调查属实"}),
            (self.approver, "decide", {"outcome": "approved", "opinion": "符合条件"}),
            (self.approver, "deliver", {"method": "pickup"}),
            (self.approver, "close", {}),
        ]
        for who, action, body in steps:
            version = (await who.get(path))["version"]
            seen = await who.post(f"{path}/{action}", body, version=version)
            show(f"{action:8} → {seen['status_text']}, held by {seen['holder']['name']}")
        return await self.wang.get(f"/api/v1/cases/{case['id']}")

    async def explain(self, case: Any) -> None:
        """Show the timeline and how the due date came about."""
        say("Wang looks at her case")
        for moment in case["timeline"]:
            show(f"{moment['at'][:16]}  {moment['text']}")
        clocks = await self.wang.get(f"/api/v1/cases/{case['id']}/clock")
        promised = clocks["promised"]
        show(f"promised: {promised['limit_days']} working days, due {promised['due_at'][:10]}:")
        for line in promised["lines"]:
            show(f"  {line['from']} to {line['to']}: {line['days']:2} days  {line['text']}")

    async def read_messages(self) -> None:
        """Wait until the phone has what the inbox says it brings, and show both."""
        say("Every change is in her inbox; what she did not do herself arrives on her phone, too")
        say("(several within seconds as one message)")
        deadline = datetime.now().astimezone() + timedelta(seconds=PATIENCE_SECONDS)
        inbox = await self.wang.get("/api/v1/messages?limit=50")
        for message in reversed(inbox["items"]):
            show(f"{message['at'][:16]}  {message['title']}：{message['body']}")
        expected: list[Any] = []
        arrived: list[Any] = []
        while datetime.now().astimezone() < deadline:
            arrived = await self.wang.phone_messages()
            expected = [each for each in inbox["items"] if _copies(each)]
            if len(arrived) >= len(expected):
                break
            await asyncio.sleep(0.2)
            inbox = await self.wang.get("/api/v1/messages?limit=50")
        show(f"{len(inbox['items'])} messages in the inbox, {len(arrived)} arrived on the phone")
        if len(arrived) != len(expected):
            wrong("not every message arrived")


def _copies(message: Any) -> bool:
    """Whether the phone gets it, and not as a part of another."""
    return not any(
        each["reason"] in {"echo", "merged", "superseded"} for each in message["deliveries"]
    )
