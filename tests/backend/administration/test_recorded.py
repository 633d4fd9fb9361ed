"""Each act of an administrator stands in the access log under who did it, and on whom."""

import pytest

from backend.administration import acts
from backend.identity.second_factor import factors, totp
from backend.identity.second_factor.rules import FactorState
from models import AccessRecord, Role, SecondFactor, Session
from tests.backend.administration.people import (
    BESIDE,
    HERE,
    NOW,
    STREET,
    a_member,
    acting,
    an_admin,
    post_of,
    seen,
)

pytestmark = pytest.mark.usefixtures("city")
CLERK = Role.CLERK


async def test_whatever_is_done_is_recorded_under_who_did_it() -> None:
    by = await an_admin(STREET)
    before = await AccessRecord.all().count()

    made, _ = await acts.invite(by, "王新", [(HERE, CLERK)], another=False, now=NOW)
    await acts.invite_again(by, await seen(made), now=NOW)
    await acts.add_posts(by, await seen(made), [(BESIDE, CLERK)], now=NOW)
    await acts.end_post(by, await seen(made), await post_of(made, BESIDE), now=NOW)
    await acts.disable(by, await seen(made), now=NOW)
    await acts.enable(by, await seen(made), now=NOW)
    await acts.reset_factor(by, await seen(made), now=NOW)
    await acts.leave(by, await seen(made), now=NOW)

    rows = (await AccessRecord.all().order_by("seq").values())[before:]
    assert {(row["actor"], row["actor_id"], *row["posts"]) for row in rows} == {
        ("staff", by.id, f"{STREET}:admin")
    }
    assert {(row["object_kind"], row["object_id"]) for row in rows} == {("staff", str(made))}
    assert [row["action"] for row in rows] == [
        *("grant_post", "invite", "invite", "grant_post", "end_post"),
        *("disable_staff", "enable_staff", "reset_factor"),
        *("disable_staff", "end_post", "end_staff"),
    ]


async def test_a_factor_that_is_reset_is_gone_and_sessions_end_with_it() -> None:
    by, clerk = await an_admin(STREET), await a_member((HERE, CLERK))
    session = await acting(clerk)
    begun = await factors.begin(clerk, "李", owed=FactorState.NONE, now=NOW)
    code = totp.code(begun.secret, totp.step_of(NOW))
    await factors.confirm(clerk, session.session_id, code, now=NOW)

    await acts.reset_factor(by, await seen(clerk), now=NOW)

    assert not await SecondFactor.filter(staff_id=clerk).exists()
    assert (await Session.get(id=session.session_id)).revoked_at is not None
