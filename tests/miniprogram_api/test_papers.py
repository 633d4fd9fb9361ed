"""The papers of a case over HTTP: issued, opened by both sides, checked by anybody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import pytest

from backend.cases.acts import accept
from backend.cases.record.snapshot import Snapshot
from backend.identity import sessions
from backend.staff_api import papers as staff_papers
from config import clock
from miniprogram_api.endpoints import case_papers, files, verify
from models import Audience, Post, Role, Staff
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, an_actor, staff
from tests.backend.papers import printed
from tests.serving import Heard, Served, served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass
class Desk:
    """A case that was accepted, its owner and its clerk, served."""

    api: Served
    case: Snapshot
    owner: str
    clerk: str

    @property
    def path(self) -> str:
        """Where its papers are, after the prefix of each side."""
        return f"/cases/{self.case.id}/papers"

    async def issued(self, kind: str = "acceptance", *, key: str = "a-key") -> Heard:
        """The clerk asks for a paper."""
        asked = {"kind": kind}
        path = f"/api/v1/staff{self.path}"
        return await self.api.ask("POST", path, asked, token=self.clerk, **{"Idempotency-Key": key})


@pytest.fixture
async def desk(city: None) -> AsyncIterator[Desk]:
    owner, clerk = await an_actor(), await staff((COMMUNITY, Role.CLERK))
    case = await a_case(by=owner)
    await accept.accept(case.id, by=clerk, seen=1, now=NOW, note=None)
    routes = [staff_papers.routes, case_papers.routes, verify.routes, files.routes]
    async with served(routes) as api:
        yield Desk(
            api, case, await token(Audience.RESIDENT, owner.id), await on_duty(clerk.id, Role.CLERK)
        )


async def token(audience: Audience, who: UUID) -> str:
    return (await sessions.start(audience, who, now=clock.now())).access_token


async def on_duty(staff_id: UUID, role: Role) -> str:
    await Staff.filter(id=staff_id).update(active=True)
    await Post.create(staff_id=staff_id, unit_id=COMMUNITY, role=role, created_at=NOW)
    return await token(Audience.STAFF, staff_id)


async def test_staff_and_resident_get_the_same_paper_and_open_it(desk: Desk) -> None:
    made, again = await desk.issued(), await desk.issued()
    once_more = await desk.issued(key="another")
    listed = await desk.api.ask("GET", f"/api/v1{desk.path}", token=desk.owner)
    own = await desk.api.ask(
        "POST", f"/api/v1{desk.path}", {"kind": "acceptance"}, token=desk.owner
    )

    assert (made.status, again.status, once_more.status, own.status) == (201, 201, 200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert made.body["title"] == "受理通知书"
    assert {heard.body["id"] for heard in (made, again, once_more, own)} == {made.body["id"]}
    [paper] = listed.body["items"]
    assert paper["number"] == made.body["number"]
    assert listed.body["available"] == [{"kind": "receipt", "title": "收件凭证"}]
    for url in (made.body["url"], paper["url"]):
        async with desk.api.http.get(f"{desk.api.url}/{url.split('/', 3)[3]}") as opened:
            assert opened.content_type == "application/pdf"
            pdf = await opened.read()
        assert made.body["number"] in printed.text(pdf)
    checked = await desk.api.ask("GET", f"/verify/{made.body['verify_code']}")
    assert checked.body["sha256"] == sha256(pdf).hexdigest()


async def test_what_is_not_due_or_not_ones_own_is_refused(desk: Desk) -> None:
    other = await token(Audience.RESIDENT, (await an_actor()).id)
    elsewhere = await staff(("210103005001", Role.CLERK))
    await Post.create(
        staff_id=elsewhere.id, unit_id="210103005001", role=Role.CLERK, created_at=NOW
    )
    foreign = await token(Audience.STAFF, elsewhere.id)

    assert (await desk.issued("decision")).code == "paper_not_due"
    for method, body in (("GET", None), ("POST", {"kind": "receipt"})):
        for prefix, who in (("/api/v1", other), ("/api/v1/staff", foreign)):
            heard = await desk.api.ask(method, f"{prefix}{desk.path}", body, token=who)
            assert (heard.status, heard.code) == (404, "case_not_found")


async def test_anybody_checks_a_paper_and_learns_nothing_of_whom_it_is_about(desk: Desk) -> None:
    made = (await desk.issued()).body
    code = made["verify_code"]

    heard = await desk.api.ask("GET", f"/verify/{code.lower().replace('-', '')}")
    page = await desk.api.ask("GET", f"/verify?code={code}", **BROWSER)

    assert heard.body == {
        "kind": "acceptance",
        "title": "受理通知书",
        "number": made["number"],
        "issuer": "沈阳市和平区浑河湾第一社区",
        "dated": "2026-03-09",
        "validity": "valid",
        "revoked_on": None,
        "sha256": heard.body["sha256"],
    }
    html = page.body.decode()
    assert "现在有效" in html
    assert made["number"] in html
    for secret in ("王", desk.case.number, desk.case.item.name, str(desk.case.id)):
        assert secret not in html
    assert "script" not in html
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha")


async def test_a_revoked_paper_says_so_everywhere(desk: Desk) -> None:
    made = (await desk.issued()).body
    path = f"/api/v1/staff{desk.path}/{made['id']}/revoke"
    above = await on_duty((await staff((COMMUNITY, Role.SUPERVISOR))).id, Role.SUPERVISOR)

    clerk = await desk.api.ask("POST", path, {"reason": "姓名有误"}, token=desk.clerk)
    heard = await desk.api.ask("POST", path, {"reason": "姓名有误"}, token=above)
    again = await desk.api.ask("POST", path, {"reason": "姓名有误"}, token=above)
    page = await desk.api.ask("GET", f"/verify/{made['verify_code']}", **BROWSER)
    asked = {"kind": "acceptance"}
    own = await desk.api.ask("POST", f"/api/v1{desk.path}", asked, token=desk.owner)
    anew = await desk.issued(key="anew")

    assert [(each["validity"], each["url"]) for each in heard.body["items"]] == [("revoked", None)]
    assert (clerk.code, again.code) == ("not_your_unit", "paper_revoked")
    assert "已撤销，不再有效" in page.body.decode()
    assert "姓名有误" not in page.body.decode()
    assert (own.status, own.code) == (403, "paper_reissue_forbidden")
    assert (anew.status, anew.body["number"]) == (201, "沈和社受字〔2026〕第000002号")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("K7QM-9X2H-T4RW-8BEL", "没有查到这份文书"),
        ("K7QM-9X2H-T4RW-8BEK", "核验码输错了"),
        ("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "核验码输错了"),
        ("x" * 90, "核验码输错了"),
    ],
)
async def test_a_wrong_code_is_told_and_a_slip_said_to_be_one(
    desk: Desk, code: str, said: str
) -> None:
    json = await desk.api.ask("GET", f"/verify/{code}")
    page = await desk.api.ask("GET", f"/verify?code={code}", **BROWSER)

    assert (json.status, json.code, page.status) == (404, "paper_code_unknown", 404)
    assert said in json.body["detail"]
    assert said in page.body.decode()
    assert "<script" not in page.body.decode()


async def test_the_empty_page_asks_for_a_code(desk: Desk) -> None:
    page = await desk.api.ask("GET", "/verify", **BROWSER)

    assert page.status == 200
    assert "<form" in page.body.decode()
