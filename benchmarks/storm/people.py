"""Residents and staff who repeat what got no answer, by the rules for clients."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import Any

import aiohttp

from benchmarks.storm.ledger import Ledger
from sandbox.actors import Client, Refused, id_number
from sandbox.handed_in import ITEM, dibao_form, photo
from sandbox.seed import COMMUNITY

PATIENCE_SECONDS = 60.0
_SESSION_OVER = 401
_TO_BOOK_AND_MOVE = 2
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_BIRTHDAYS = (date(1940, 1, 1) + timedelta(days=number) for number in count())
_PHOTO = photo("white")


class GivenUp(Exception):
    """No answer within the patience."""


@dataclass
class Person(Client):
    """A phone whose calls are repeated with the same key until they are answered."""

    ledger: Ledger = field(default_factory=Ledger)
    refresh_token: str = ""
    staff: bool = False

    async def sure(self, what: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """The answer of `call`, repeated while nobody answers or says to come again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                return await call()
            except Refused as refused:
                self.ledger.statuses[refused.status] += 1
                if refused.status == _SESSION_OVER and what != "log in":
                    await self.enter()
                elif refused.status not in _AGAIN and refused.code != "idempotency_key_in_flight":
                    self.ledger.surprises[f"{what}: {refused.status} {refused.code}"] += 1
                    raise
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.ledger.resets += 1
            await asyncio.sleep(random.uniform(0.1, 0.5))
        self.ledger.given_up[what] += 1
        raise GivenUp(what)

    async def do(self, what: str, path: str, body: Any = None, version: int | None = None) -> Any:
        """An effect under one key."""
        key = secrets.token_hex(12)
        return await self.sure(what, lambda: self.post(path, body, key=key, version=version))

    async def enter(self) -> None:
        """Log in; each try takes a new code."""

        async def log_in() -> None:
            session = await self.log_in(staff=self.staff)
            self.refresh_token = session["refresh_token"]

        await self.sure("log in", log_in)

    async def carry_on(self) -> None:
        """Exchange the refresh token; a repetition with the key gets the first answer."""
        body = {"refresh_token": self.refresh_token}
        session = await self.do("refresh", "/api/v1/auth/refresh", body)
        self.token, self.refresh_token = session["access_token"], session["refresh_token"]
        self.ledger.acknowledged["refresh"] += 1

    async def paper(self) -> str:
        """Upload a photo; the same again is kept once."""
        file_id: str = await self.sure(
            "upload", lambda: self.upload("paper.jpg", _PHOTO, "image/jpeg")
        )
        self.ledger.files.add(file_id)
        self.ledger.acknowledged["upload"] += 1
        return file_id


async def live(make: Callable[[str], Person], staff: list[Person], stop: asyncio.Event) -> None:
    """One resident after the other, each with a case and a visit, until told to stop."""
    while not stop.is_set():
        person = make(f"storm-{secrets.token_hex(6)}")
        try:
            await _one(person, staff)
        except (GivenUp, Refused):
            continue


async def _one(person: Person, staff: list[Person]) -> None:
    await person.enter()

    async def phone() -> None:
        await person.post("/api/v1/me/phone", {"code": await person.code("phone")})

    await person.sure("phone", phone)
    name = {"name": "王秀英", "id_number": id_number(born=next(_BIRTHDAYS))}
    await person.do("real name", "/api/v1/me/real-name", name)
    home = {"community_code": COMMUNITY}
    await person.sure("profile", lambda: person.call("PUT", "/api/v1/me", home))
    item = await person.sure("read", lambda: person.get(f"/api/v1/items/{ITEM}"))
    file_id = await person.paper()
    papers = [each["code"] for each in item["materials"] if each["required"]]
    body = {
        "item_code": ITEM,
        "form": dibao_form(),
        "materials": [{"material_code": code, "file_id": file_id} for code in papers],
    }
    case = await person.do("submit", "/api/v1/cases", body)
    person.ledger.case("submit", case)
    await _visit(person)
    await person.carry_on()
    await _handle(person, staff, case, papers[0])
    await person.sure("read", lambda: person.get(f"/api/v1/cases/{case['id']}"))
    await person.sure("read", lambda: person.get("/api/v1/messages?limit=20"))


async def _visit(person: Person) -> None:
    near = f"/api/v1/offices?community={COMMUNITY}"
    offices = await person.sure("read", lambda: person.get(near))
    office = offices["items"][0]["id"]
    free: list[Any] = []
    for later in range(1, 14):
        day = date.today() + timedelta(days=later)  # noqa: DTZ011 - the days after it are looked at
        path = f"/api/v1/offices/{office}/slots?date={day}"
        listed = await person.sure("read", partial(person.get, path))
        free = [slot for slot in listed["items"] if slot["available"]]
        if len(free) >= _TO_BOOK_AND_MOVE:
            break
    if len(free) < _TO_BOOK_AND_MOVE:
        return
    first, second = random.sample(free, 2)
    try:
        visit = await person.do("book", "/api/v1/appointments", {"slot_id": first["id"]})
        person.ledger.appointment("book", visit)
        path = f"/api/v1/appointments/{visit['id']}"
        moved = await person.do("reschedule", f"{path}/reschedule", {"slot_id": second["id"]})
        person.ledger.appointment("reschedule", moved)
        person.ledger.appointment("cancel", await person.do("cancel", f"{path}/cancel"))
    except Refused as refused:
        if refused.code != "slot_full":
            raise


async def _handle(person: Person, staff: list[Person], case: Any, paper: str) -> None:
    clerk, reviewer, approver = staff
    path = f"/api/v1/staff/cases/{case['id']}"
    defects = {"defects": [{"material_code": paper, "reason": "照片模糊"}]}
    await _act(clerk, path, "supplement-requests", defects)
    again = {"materials": [{"material_code": paper, "file_id": await person.paper()}]}
    answered = await person.do("supplement", f"/api/v1/cases/{case['id']}/supplement", again)
    person.ledger.case("supplement", answered)
    for who, action, body in (
        (clerk, "accept", {}),
        (clerk, "pass", {"opinion": "材料齐全"}),
        (reviewer, "pass", {"opinion": "属实"}),
        (approver, "decide", {"outcome": "approved", "opinion": "符合条件"}),
    ):
        await _act(who, path, action, body)


async def _act(who: Person, path: str, action: str, body: dict[str, Any]) -> None:
    version = (await who.sure("read", lambda: who.get(path)))["version"]
    who.ledger.case(action, await who.do(action, f"{path}/{action}", body, version=version))
