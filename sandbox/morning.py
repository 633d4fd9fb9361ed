"""The demo's second story: a morning at a community's window."""

import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp

from config import clock
from config.clock import city_day
from sandbox.actors import Client, Refused, id_number
from sandbox.handed_in import BANK_ACCOUNT, ITEM, dibao_form, photo
from sandbox.seed import COMMUNITY
from sandbox.telling import say, show, wrong

STAFF = "/api/v1/staff"
CASES = f"{STAFF}/cases"
ALLOWANCE = "SP-MZ-010"
ALLOWANCE_PAPERS = ("id_card", "household_register", "bank_card")
ELDERS = 40
CREATED = 201
COLLEAGUE = "colleague"


def somebody(name: str, *, youngest: int) -> dict[str, str]:
    """A name and a number of nobody else's, of a person as old as this or up to 13 years older."""
    days = secrets.randbelow(5000)
    born = city_day(clock.now()) - timedelta(days=366 * youngest + days)
    return {"name": name, "id_number": id_number(born=born)}


class Morning:
    """Who works there, and who comes; papers are kept in the folder."""

    def __init__(
        self, http: aiohttp.ClientSession, api: str, sandbox: str, *, folder: Path
    ) -> None:
        def client(user: str) -> Client:
            return Client(http, api, sandbox, user)

        self.folder = folder
        self.clerk, self.reviewer, self.approver = map(client, ("clerk", "reviewer", "approver"))
        self.supervisor, self.admin = client("supervisor"), client("admin")
        self.colleague = client(COLLEAGUE)
        self.daughter = client(f"demo-{secrets.token_hex(3)}")
        self.phone = client(f"demo-{secrets.token_hex(3)}")
        self.lady = somebody("陈桂芳", youngest=75)

    async def play(self) -> None:
        """From the first visitor to noon."""
        await self.open()
        lady, case = await self.take_in()
        await self.daughter_comes(lady, case)
        filed = await self.elders()
        await self.colleague_is_ill(filed)
        await self.decide(case)
        await self.print_decision(case)
        await self.who_looked(case)

    async def open(self) -> None:
        """Everybody logs in; the clerk's colleague is invited where that was not done before."""
        for who in (self.clerk, self.reviewer, self.approver, self.supervisor, self.admin):
            await who.log_in(staff=True)
        try:
            await self.colleague.log_in(staff=True)
        except Refused as refused:
            if refused.code != "staff_not_bound":
                raise
            say("The district's administrator invites a second clerk, who binds her WeChat")
            post = {"unit_code": COMMUNITY, "role": "clerk"}
            body = {"name": "演示同事", "posts": [post], "another": True}
            invite = (await self.admin.post(f"{STAFF}/admin/staff", body))["invite"]
            code = await self.colleague.code("login")
            bound = {"code": code, "invite": invite}
            session = (await self.colleague.call("POST", f"{STAFF}/auth/bind", bound)).body
            self.colleague.token = session["access_token"]

    async def take_in(self) -> tuple[Any, Any]:
        """An old lady without a phone: looked for, taken in, filed for."""
        say("Old Mrs. Chen 陈 has no phone. The clerk looks for her by the number of her ID card")
        sought = {"id_number": self.lady["id_number"], "purpose": "intake"}
        found = await self.clerk.post(f"{STAFF}/persons/_find", sought)
        show(f"{len(found['items'])} found; the search itself is recorded")
        say("First call: the clerk takes her in, and the number is checked with the authority")
        seen = {"community_code": COMMUNITY, "checked": "id_card", "phone": "13900000005"}
        lady = await self.clerk.post(f"{STAFF}/persons", {**self.lady, **seen})
        show(f"{lady['name_masked']} {lady['id_number_masked']} {lady['phone_masked']}")
        say("Second call: with photos of her papers and of her signature, the clerk files for her")
        item = await self.clerk.get(f"/api/v1/items/{ITEM}")
        paper, signed = [await self.scan() for _ in range(2)]
        body = {
            "item_code": ITEM,
            "person_id": lady["id"],
            "form": dibao_form(),
            "materials": [
                {"material_code": each["code"], "file_id": paper}
                for each in item["materials"]
                if each["required"]
            ],
            "consent": {"kind": "signature", "file_id": signed},
        }
        case = await self.clerk.post(CASES, body)
        show(f"case {case['number']}, filed for her at {case['received_unit']['name']}")
        say("To ask her something, the clerk opens her phone number, for that purpose")
        asked = {"fields": ["applicant.phone"], "purpose": "contact"}
        opened = (await self.clerk.post(f"{CASES}/{case['id']}/reveal", asked))["values"]
        show(f"{lady['phone_masked']} → {opened['applicant.phone']}; she will read who looked")
        return lady, case

    async def scan(self) -> str:
        """Something that the clerk photographs: a picture of its own, as a file is one person's."""
        picture, path = photo(f"#{secrets.token_hex(3)}"), f"{STAFF}/files"
        return await self.clerk.upload("scan.jpg", picture, "image/jpeg", path=path)

    async def daughter_comes(self, lady: Any, case: Any) -> None:
        """A mandate, signed on paper at the window; she sees her mother's case and no other."""
        say("Her daughter, who has a phone, is to look after it: both sign a mandate at the window")
        daughter = somebody("陈丽", youngest=40)
        await self.daughter.log_in()
        await self.daughter.post("/api/v1/me/real-name", daughter)
        sought = {"id_number": daughter["id_number"], "purpose": "intake"}
        [found] = (await self.clerk.post(f"{STAFF}/persons/_find", sought))["items"]
        paper = {
            "principal_id": lady["id"],
            "agent_id": found["id"],
            "items": [ITEM],
            "rights": ["read", "submit"],
            "until": f"{city_day(clock.now()) + timedelta(days=180)}",
            "basis": "paper",
            "file_id": await self.scan(),
        }
        mandate = await self.clerk.post(f"{STAFF}/mandates", paper)
        show(f"{lady['name_masked']} → {found['name_masked']}: {ITEM}, until {mandate['until']}")
        own = await self.daughter.get("/api/v1/cases")
        hers = await self.daughter.get("/api/v1/cases", behalf=mandate["id"])
        show(f"on her own phone: {len(own['items'])} cases; for her mother: {len(hers['items'])}")
        if [each["id"] for each in hers["items"]] != [case["id"]]:
            wrong("the daughter does not see her mother's case")

    async def elders(self) -> set[str]:
        """Many people due for the same allowance: tried, mended, filed; their cases."""
        say(f"{ELDERS} elders are due for the same allowance; the clerk tries the list first")
        rows = [await self.elder() for _ in range(ELDERS)]
        right = rows[6]
        rows[6] = {**right, "person": rows[5]["person"]}
        batch = {"item_code": ALLOWANCE, "rows": rows, "dry_run": True}
        tried = (await self.clerk.post(f"{CASES}/_batch", batch))["results"]
        refused = [each for each in tried if "problem" in each]
        for each in refused:
            show(f"row {each['row']}: {each['problem']['detail']}")
        if [each["row"] for each in refused] != [7]:
            wrong("not just the row that stands twice was refused")
        say("The row is mended, and the list filed; a lost answer is asked for again")
        rows[6], key = right, secrets.token_hex(8)
        batch = {"item_code": ALLOWANCE, "rows": rows, "dry_run": False}
        done = (await self.clerk.post(f"{CASES}/_batch", batch, key=key))["results"]
        again = (await self.clerk.post(f"{CASES}/_batch", batch, key=key))["results"]
        if again != done or any(each["status"] != CREATED for each in done):
            wrong("the batch was not filed once")
        show(f"{len(done)} cases, in one call; sent twice, filed once")
        return {each["case_id"] for each in done}

    async def elder(self) -> dict[str, Any]:
        """A row of the batch."""
        scan = await self.scan()
        seen = {"community_code": COMMUNITY, "checked": "id_card", "address": "浑河湾街1号"}
        return {
            "person": {**somebody("李秀兰", youngest=81), **seen, "phone": "13900000006"},
            "form": {"bank_account": BANK_ACCOUNT, "declaration": {"truthful": True}},
            "materials": [{"material_code": code, "file_id": scan} for code in ALLOWANCE_PAPERS],
        }

    async def colleague_is_ill(self, filed: set[str]) -> None:
        """The tasks that a colleague had are another's, in one call."""
        say("The supervisor gives all of them to the second clerk, who falls ill an hour later")
        tasks = await self.tasks("unit", filed)
        me, colleague = [await who.get(f"{STAFF}/me") for who in (self.clerk, self.colleague)]
        await self.assign(tasks, colleague["id"], "新收的高龄津贴")
        today = f"{city_day(clock.now())}"
        absence = {"staff_id": colleague["id"], "deputy_id": me["id"], "reason": "病假"}
        away = await self.supervisor.post(
            f"{STAFF}/absences", {**absence, "from": today, "to": today}
        )
        stood_in = await self.tasks("deputy", filed)
        show(f"{away['staff']['name']} is away; {away['deputy']['name']} sees {len(stood_in)} more")
        say("The supervisor moves them to the clerk, in one call")
        await self.assign(tasks, me["id"], "同事生病")
        mine = await self.tasks("mine", filed)
        show(f"{len(mine)} of {len(filed)} tasks are the clerk's now, and nobody's work is lost")
        await self.supervisor.post(f"{STAFF}/absences/{away['id']}/end")
        if not len(mine) == len(stood_in) == len(filed):
            wrong("not every task was moved")

    async def tasks(self, scope: str, cases: set[str]) -> list[str]:
        """The tasks of these cases that the clerk sees in this scope."""
        found: list[str] = []
        cursor = ""
        while True:
            path = f"{STAFF}/tasks?scope={scope}&item={ALLOWANCE}&limit=100{cursor}"
            page = await self.clerk.get(path)
            found += [each["id"] for each in page["items"] if each["case"]["id"] in cases]
            if page["next_cursor"] is None or len(found) == len(cases):
                return found
            cursor = f"&cursor={page['next_cursor']}"

    async def assign(self, tasks: list[str], staff_id: str, reason: str) -> None:
        """Give tasks to somebody, all in one call."""
        body = {"task_ids": tasks, "staff_id": staff_id, "reason": reason}
        results = (await self.supervisor.post(f"{STAFF}/tasks/_assign", body))["results"]
        if problems := [each["problem"] for each in results if each["problem"]]:
            wrong(f"not every task was assigned: {problems[0]['detail']}")

    async def decide(self, case: Any) -> None:
        """Mrs. Chen's case goes its way, as every other."""
        say("Meanwhile Mrs. Chen's case goes its way")
        path = f"{CASES}/{case['id']}"
        steps = [
            (self.clerk, "accept", {}),
            (self.clerk, "pass", {"opinion": "材料齐全"}),
            (self.reviewer, "pass", {"opinion": "入户调查属实"}),
            (self.approver, "decide", {"outcome": "approved", "opinion": "符合条件"}),
        ]
        for who, action, body in steps:
            version = (await who.get(path))["version"]
            seen = await who.post(f"{path}/{action}", body, version=version)
            show(f"{action:8} → {seen['status_text']}, held by {seen['holder']['name']}")

    async def print_decision(self, case: Any) -> None:
        """The decision as a PDF that anybody can check."""
        say("The window prints the decision and gives it to her")
        paper = await self.clerk.post(f"{CASES}/{case['id']}/papers", {"kind": "decision"})
        pdf = await self.clerk.download(paper["url"])
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / "decision.pdf"
        kept.write_bytes(pdf)
        show(f"{paper['title']} {paper['number']}, issued by {paper['unit']['name']}")
        show(f"{len(pdf) // 1000} KB of PDF: {kept}")
        say("Whoever holds the paper checks it with its code, without logging in")
        checked = await self.clerk.get(f"/verify/{paper['verify_code'].replace('-', '')}")
        show(f"{checked['validity']}: {checked['title']} {checked['number']}")
        show(f"as a page: {self.clerk.api}/verify/{paper['verify_code']}")
        if checked["sha256"] != sha256(pdf).hexdigest():
            wrong("the paper is not the one that was issued")

    async def who_looked(self, case: Any) -> None:
        """At noon she has a phone, and reads what was done in her name."""
        say("At noon her grandson gives her his old phone: she proves who she is, and all is hers")
        await self.phone.log_in()
        await self.phone.post("/api/v1/me/real-name", self.lady)
        [mine] = (await self.phone.get("/api/v1/cases"))["items"]
        show(f"{mine['number']} {mine['item']['name']}: {mine['status_text']}")
        if mine["id"] != case["id"]:
            wrong("her case is not hers")
        say("She reads who looked at what is hers, and what for")
        looks = (await self.phone.get("/api/v1/me/accesses"))["items"]
        for look in reversed(looks):
            unit = look["unit"]["name"] if look["unit"] else "her daughter"
            what = "、".join([look["what"], *look["fields"]])
            show(f"{look['at'][11:16]}  {unit}: {what}, {look['purpose'] or look['did'] or '-'}")
        if not any(look["what"] == "reveal" for look in looks):
            wrong("she is not told that her number was opened")
