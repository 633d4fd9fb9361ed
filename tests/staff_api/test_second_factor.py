"""The second factor over HTTP, and of rivals with one code."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.audit import OPERATOR
from backend.errors import ServiceError
from backend.identity import sessions, staff
from backend.identity.second_factor import factors, totp
from backend.identity.second_factor.rules import FactorState
from backend.identity.sessions import Granted
from backend.staff_api import second_factor, session, tasks
from config import clock
from config.settings import settings
from models import AccessRecord, Audience, Role, SecondFactor, Session
from tests.backend.identity.factories import a_community
from tests.serving import Heard, Served, served

RIVALS = 8
ME, FACTOR = "/api/v1/staff/me", "/api/v1/staff/me/second-factor"
GIVE = "/api/v1/staff/auth/second-factor"


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([session.routes, second_factor.routes, tasks.routes]) as api:
        yield api


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Must-have posts must have it, as in production."""
    want(monkeypatch, "required")
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def want(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("YIKOU_SECOND_FACTOR", value)
    settings.cache_clear()


async def a_member(role: Role = Role.APPROVER, number: int = 1) -> UUID:
    unit = await a_community(f"21010200100{number}")
    return await staff.create("李四", posts=[(unit.code, role)], now=clock.now())


async def log_in(who: UUID) -> Granted:
    return await sessions.start(Audience.STAFF, who, now=clock.now())


@dataclass
class App:
    """A phone with the secret; each of its codes is of a later step than the one before."""

    secret: str
    step: int = 0

    def code(self, now: datetime) -> str:
        self.step = max(totp.step_of(now) - totp.WINDOW, self.step + 1)
        assert self.step <= totp.step_of(now) + totp.WINDOW, "three codes a moment are all"
        return totp.code(self.secret, self.step)

    def wrong(self, now: datetime) -> str:
        near = totp.step_of(now)
        right = {totp.code(self.secret, near + shift) for shift in range(-3, 4)}
        return next(code for code in map(str, range(100_000, 100_010)) if code not in right)


async def enrolled(who: UUID, session_id: UUID) -> tuple[App, list[str]]:
    begun = await factors.begin(who, "李四", owed=FactorState.NONE, now=clock.now())
    app = App(begun.secret)
    codes = await factors.confirm(who, session_id, app.code(clock.now()), now=clock.now())
    return app, codes


async def give(api: Served, token: str, code: str) -> Heard:
    return await api.ask("POST", GIVE, {"code": code}, token=token)


async def test_a_must_have_post_may_only_enrol_until_it_has(
    api: Served, wanted: pytest.MonkeyPatch
) -> None:
    who = await a_member()
    granted, other = await log_in(who), await log_in(who)
    token = granted.access_token

    for path in (ME, "/api/v1/staff/tasks"):
        heard = await api.ask("GET", path, token=token)
        assert (heard.status, heard.code) == (403, "second_factor_missing")
    assert (await give(api, token, "123456")).code == "second_factor_missing"
    standing = (await api.ask("GET", FACTOR, token=token)).body
    assert (standing["state"], standing["confirmed_at"]) == ("enrol", None)
    early = await api.ask("POST", f"{FACTOR}/_confirm", {"code": "123456"}, token=token)
    assert (early.status, early.code) == (409, "second_factor_not_begun")

    begun = (await api.ask("POST", FACTOR, {}, token=token)).body
    app = App(begun["secret"])
    assert begun["qr_svg"].startswith("<svg")
    wrong = {"code": app.wrong(clock.now())}
    assert (await api.ask("POST", f"{FACTOR}/_confirm", wrong, token=token)).status == 403
    assert (await api.ask("GET", ME, token=token)).status == 403
    right = {"code": app.code(clock.now())}
    confirmed = await api.ask("POST", f"{FACTOR}/_confirm", right, token=token)

    assert len(confirmed.body["recovery_codes"]) == 10
    assert (await api.ask("GET", ME, token=token)).body["second_factor"] == "given"
    owing = await api.ask("GET", ME, token=other.access_token)
    assert (owing.status, owing.code) == (403, "second_factor_required")
    row = await SecondFactor.get(staff_id=who)
    stored = bytes(row.secret_sealed or b"").decode(errors="ignore") + str(row.recovery_hashes)
    assert not [text for text in (app.secret, *confirmed.body["recovery_codes"]) if text in stored]


async def test_a_login_owes_the_code_which_each_session_gives_once(
    api: Served, wanted: pytest.MonkeyPatch
) -> None:
    who = await a_member(Role.CLERK)
    # A clerk need not, but who has set it up gives it.
    assert (await api.ask("GET", ME, token=(await log_in(who)).access_token)).status == 200
    app, codes = await enrolled(who, (await log_in(who)).claims.session)
    first, second, third = [(await log_in(who)).access_token for _ in range(3)]

    assert (await api.ask("POST", FACTOR, {}, token=first)).code == "second_factor_required"
    code = app.code(clock.now())
    given = await give(api, first, code)
    assert (given.status, given.body["second_factor"]) == (200, "given")
    assert (await give(api, first, code)).status == 200
    assert (await give(api, second, code)).code == "second_factor_refused"
    assert (await api.ask("GET", ME, token=second)).code == "second_factor_required"
    assert (await give(api, second, codes[0].lower())).status == 200
    assert (await give(api, third, codes[0])).code == "second_factor_refused"
    standing = (await api.ask("GET", FACTOR, token=third)).body
    assert (standing["state"], standing["recovery_codes_left"]) == ("code", 9)
    renewed = await api.ask("POST", f"{FACTOR}/recovery-codes", {}, token=second)
    assert (await give(api, third, codes[1])).code == "second_factor_refused"
    assert (await give(api, third, renewed.body["recovery_codes"][0])).status == 200
    acts = await AccessRecord.filter(actor_id=who).order_by("seq").values()
    assert [row["action"] for row in acts] == [
        *("give_factor", "give_factor", "factor_refused", "give_factor", "factor_refused"),
        *("enrol_factor", "factor_refused", "give_factor"),
    ]
    owing = (await log_in(who)).access_token
    assert (await api.ask("POST", "/api/v1/staff/auth/logout", {}, token=owing)).status == 204


async def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(
    api: Served, wanted: pytest.MonkeyPatch
) -> None:
    who = await a_member()
    app, codes = await enrolled(who, (await log_in(who)).claims.session)
    granted = await log_in(who)
    token = granted.access_token

    heard = [await give(api, token, app.wrong(clock.now())) for _ in range(5)]
    assert [each.status for each in heard] == [403] * 4 + [429]
    assert 880 < int(heard[4].headers["Retry-After"]) <= 900
    for code in (app.code(clock.now()), codes[0]):
        assert (await give(api, token, code)).code == "second_factor_locked"
    standing = (await api.ask("GET", FACTOR, token=token)).body
    assert standing["locked_until"] is not None
    later = clock.now() + timedelta(minutes=15, seconds=1)
    await factors.prove(who, granted.claims.session, app.code(later), now=later)
    assert (await factors.standing(who, now=later)).locked_until is None


async def test_a_setting_says_whether_it_is_asked_for(
    api: Served, wanted: pytest.MonkeyPatch
) -> None:
    who = await a_member()
    for value, code in (("required", "second_factor_missing"), ("optional", ""), ("off", "")):
        want(wanted, value)
        heard = await api.ask("GET", ME, token=(await log_in(who)).access_token)
        assert heard.body.get("code", "") == code
    token = (await log_in(who)).access_token
    off = await api.ask("POST", FACTOR, {}, token=token)
    assert (off.status, off.code) == (409, "second_factor_off")


async def test_a_reset_ends_every_session_and_leaves_nothing(
    api: Served, wanted: pytest.MonkeyPatch
) -> None:
    who = await a_member()
    await enrolled(who, (await log_in(who)).claims.session)
    token = (await log_in(who)).access_token

    for _ in range(2):
        await factors.reset(who, by=OPERATOR)

    assert (await api.ask("GET", FACTOR, token=token)).code == "session_ended"
    heard = await api.ask("GET", ME, token=(await log_in(who)).access_token)
    assert heard.code == "second_factor_missing"


async def test_of_rivals_with_one_code_one_session_has_given_it(database: None) -> None:
    who = await a_member()
    app, codes = await enrolled(who, (await log_in(who)).claims.session)
    for code in (app.code(clock.now()), codes[0]):
        rivals = [(await log_in(who)).claims.session for _ in range(RIVALS)]

        answers = await asyncio.gather(
            *(factors.prove(who, rival, code, now=clock.now()) for rival in rivals),
            return_exceptions=True,
        )

        assert await Session.filter(id__in=rivals, factor_at__isnull=False).count() == 1
        refused = [each.code for each in answers if isinstance(each, ServiceError)]
        assert len(refused) == RIVALS - 1
        assert set(refused) == {"second_factor_locked", "second_factor_refused"}
        await SecondFactor.all().update(failures=0, locked_until=None)
