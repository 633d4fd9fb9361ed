"""Staff find cases by what somebody at the window or on the phone says, and open their papers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from backend.audit import Actor
from backend.audit.purposes import AccessPurpose
from backend.files import links
from backend.files import operations as files
from backend.files.owners import Owner
from backend.identity import sessions, staff
from backend.identity.actors import ResidentActor
from backend.staff_api import cases
from backend.staff_api import files as staff_files
from backend.window import revealing
from config import clock, vault
from config.vault import sealed
from miniprogram_api.endpoints import files as resident_files
from models import Audience, Case, CaseStatus, Person, Resident, Role
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, ITEM, a_case, an_actor
from tests.backend.cases.factories import staff as clerk_of
from tests.backend.cases.test_submit import submit
from tests.backend.files.pictures import PDF
from tests.serving import Heard, Served, served

PHONE, OTHER_PHONE = "13800138000", "13900139000"
CASES = "/api/v1/staff/cases"
PAPERS = ("id_card", "household_register", "economic_check_authorisation")


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([cases.routes, staff_files.routes, resident_files.routes]) as api:
        yield api


async def a_token(*posts: tuple[str, Role]) -> str:
    person = await staff.create("李四", posts=list(posts), now=clock.now())
    return (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def with_phone(by: ResidentActor, number: str) -> ResidentActor:
    await Resident.filter(id=by.id).update(
        phone_hash=vault.blind("phone", number),
        phone_sealed=sealed.seal("resident", by.id, column="phone", text=number),
    )
    return by


async def id_number_of(by: ResidentActor) -> str:
    person = await Person.get(id=by.person_id)
    stored = person.id_number_sealed
    return sealed.unseal("person", person.id, column="id_number", stored=stored) or ""


async def found(api: Served, q: str, *, token: str, more: str = "") -> list[str]:
    heard = await api.ask("GET", f"{CASES}?q={q}{more}", token=token)
    assert heard.status == 200, heard.body
    return [line["id"] for line in heard.body["items"]]


async def test_a_case_is_found_by_its_number_and_by_whose_it_is(api: Served) -> None:
    wang = await with_phone(await an_actor(), PHONE)
    li = await with_phone(await an_actor(), OTHER_PHONE)
    old, new = await a_case(CaseStatus.DECLINED, by=wang), await a_case(by=wang)
    other = await a_case(by=li)
    clerk = await a_token((COMMUNITY, Role.CLERK))
    street = await a_token(("210102001000", Role.SUPERVISOR))
    stranger = await a_token((ELSEWHERE, Role.CLERK))
    hers = [str(new.id), str(old.id)]
    number = await id_number_of(wang)

    for said, shown in [
        (old.number, [str(old.id)]),
        (other.number, [str(other.id)]),
        (number, hers),
        (number.lower(), hers),
        (f"%20{number}%20", hers),
        (await id_number_of(li), [str(other.id)]),
        (PHONE, hers),
        (OTHER_PHONE, [str(other.id)]),
        ("13700137000", []),
        ("11010519491231002X", []),
    ]:
        for token in (clerk, street):
            assert await found(api, said, token=token) == shown, said
        assert await found(api, said, token=stranger) == [], said
    assert await found(api, PHONE, token=clerk, more="&status=submitted") == [str(new.id)]
    assert await found(api, PHONE, token=clerk, more="&item=SP-MZ-002") == []
    assert await found(api, PHONE, token=clerk, more=f"&unit={ELSEWHERE}") == []
    assert await found(api, PHONE, token=clerk, more=f"&item={ITEM}&limit=1") == [str(new.id)]


async def test_of_whom_others_filed_for_the_account_s_phone_is_known(api: Served) -> None:
    mother = await with_phone(await an_actor(), PHONE)
    await Resident.filter(id=(await an_actor()).id).update(person_id=mother.person_id)
    case = await a_case(by=mother)
    await Case.filter(id=case.id).update(resident_id=None)
    token = await a_token((COMMUNITY, Role.CLERK))

    assert await found(api, PHONE, token=token) == [str(case.id)]
    shown = await api.ask("GET", f"{CASES}/{case.id}", token=token)
    assert shown.body["applicant"]["phone_masked"] == "138******00"
    by = await clerk_of((COMMUNITY, Role.CLERK))
    opened = await revealing.reveal(
        case.id, ["applicant.phone"], by=by, purpose=AccessPurpose.CONTACT, words=None
    )
    assert opened == {"applicant.phone": PHONE}


@pytest.mark.parametrize(
    "said",
    [
        "王秀英",
        "138",
        "1380013800",
        "138001380000",
        "+8613800138000",
        "１３８００１３８０００",
        "110105194912310021",
        "11010519491231002",
        "110105204912310026",
        "210102202603090000019",
        "%25",
        "'%20OR%201=1--",
        "%20",
        "9" * 30,
    ],
)
async def test_less_than_a_whole_number_finds_nothing_and_says_so(api: Served, said: str) -> None:
    await a_case(by=await with_phone(await an_actor(), PHONE))

    heard = await api.ask("GET", f"{CASES}?q={said}", token=await a_token((COMMUNITY, Role.CLERK)))

    assert (heard.status, heard.code) in {(422, "search_incomplete"), (422, "invalid_parameters")}


@pytest.mark.parametrize(
    "more", ["q=" + "9" * 31, "status=lost", "limit=0", "limit=x", "item=", "q="]
)
async def test_a_question_that_is_none_names_what_is_wrong(api: Served, more: str) -> None:
    heard = await api.ask("GET", f"{CASES}?{more}", token=await a_token((COMMUNITY, Role.CLERK)))

    assert (heard.status, heard.code) == (422, "query_invalid")
    assert [fault["name"] for fault in heard.body["invalid_params"]] == [more.partition("=")[0]]


async def with_papers(by: ResidentActor) -> tuple[UUID, UUID]:
    """The ids of a case and of the paper that was handed in with it."""
    paper = await files.upload(
        Owner("resident", by.id), name="低保证明.pdf", content=PDF, now=clock.now()
    )
    handed_in = [(code, paper.id) for code in PAPERS]
    return UUID((await submit(by, materials=handed_in)).decode()), paper.id


async def test_a_paper_opens_for_those_who_may_see_its_case_and_for_nobody_else(
    api: Served,
) -> None:
    wang, li = await an_actor(), await an_actor()
    case, paper = await with_papers(wang)
    others_case, others_paper = await with_papers(li)
    clerk = await a_token((COMMUNITY, Role.CLERK))

    async def opened(case_id: UUID, file_id: UUID, token: str) -> Heard:
        return await api.ask("GET", f"{CASES}/{case_id}/files/{file_id}", token=token)

    shown = await opened(case, paper, clerk)
    assert (shown.status, shown.body["name"]) == (200, "低保证明.pdf")
    content = await api.ask("GET", path_of(shown))
    assert content.status == 200
    assert content.body.startswith(b"%PDF-")

    for case_id, file_id, code in [
        (case, others_paper, "file_not_found"),
        (others_case, paper, "file_not_found"),
        (case, uuid4(), "file_not_found"),
        (uuid4(), paper, "case_not_found"),
    ]:
        heard = await opened(case_id, file_id, clerk)
        assert (heard.status, heard.code) == (404, code)
    working = [(ELSEWHERE, role) for role in Role if role is not Role.ADMIN]
    for posts in (working, [(ELSEWHERE, Role.ADMIN)], [(COMMUNITY, Role.ADMIN)], []):
        heard = await opened(case, paper, await a_token(*posts))
        assert (heard.status, heard.code) == (404, "case_not_found"), posts


async def test_a_link_to_a_paper_ends_and_cannot_be_made_up(api: Served) -> None:
    case, paper = await with_papers(await an_actor())
    clerk = await a_token((COMMUNITY, Role.CLERK))
    given = path_of(await api.ask("GET", f"{CASES}/{case}/files/{paper}", token=clerk))
    ago = clock.now() - timedelta(seconds=links.SECONDS + 1)
    late = links.link(paper, to=Actor("staff", uuid4()), now=ago)

    for path in (late, given[:-4] + "AAAA", f"{links.PATH}/{paper}", f"{links.PATH}/{clerk}"):
        heard = await api.ask("GET", path)
        assert (heard.status, heard.code) == (404, "file_link_expired"), path


def path_of(shown: Heard) -> str:
    """The path of the link that was shown."""
    return urlsplit(str(shown.body["url"])).path
