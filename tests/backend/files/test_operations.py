import stat
from uuid import uuid4

import pytest

from backend.audit import Actor
from backend.errors import NotFound
from backend.files import links, operations, queries, store
from backend.vault import SealBroken, signing
from config.settings import settings
from models import Resident
from tests.backend.files.pictures import PDF, a_picture

OWNER = Actor("resident", uuid4())
pytestmark = pytest.mark.usefixtures("database")


async def a_resident() -> Resident:
    return await Resident.create(openid=str(uuid4()), person_key="p")


async def test_an_upload_is_read_back_by_its_owner_only() -> None:
    mine, other = await a_resident(), await a_resident()

    file = await operations.upload(mine.id, name="户口本.pdf", content=PDF)

    assert (file.name, file.media_type, file.size) == ("户口本.pdf", "application/pdf", len(PDF))
    assert (await queries.of_resident(file.id, mine.id)).sha256 == file.sha256
    for file_id, resident_id in ((file.id, other.id), (uuid4(), mine.id)):
        with pytest.raises(NotFound) as missing:
            await queries.of_resident(file_id, resident_id)
        assert missing.value.code == "file_not_found"


async def test_what_lies_in_the_store_is_sealed_and_its_place_random() -> None:
    file = await operations.upload((await a_resident()).id, name="a.pdf", content=PDF)

    lying = settings().var_dir / "files" / file.key
    assert b"%PDF" not in lying.read_bytes()
    assert str(file.id) not in file.key
    assert file.name not in file.key
    assert stat.S_ISREG(lying.stat().st_mode)


async def test_one_file_cannot_be_swapped_for_another_in_the_store() -> None:
    resident = await a_resident()
    first = await operations.upload(resident.id, name="a.pdf", content=PDF)
    second = await operations.upload(resident.id, name="b.pdf", content=PDF + b"\n")
    folder = settings().var_dir / "files"
    (folder / first.key).write_bytes((folder / second.key).read_bytes())

    with pytest.raises(SealBroken):
        await store.get(first.key)


async def test_the_same_upload_again_is_the_same_file() -> None:
    mine, other = await a_resident(), await a_resident()

    first = await operations.upload(mine.id, name="a.jpg", content=a_picture())
    again = await operations.upload(mine.id, name="a.jpg", content=a_picture())
    renamed = await operations.upload(mine.id, name="b.jpg", content=a_picture())
    anothers = await operations.upload(other.id, name="a.jpg", content=a_picture())

    assert first.id == again.id
    assert len({first.id, renamed.id, anothers.id}) == 3


async def test_a_link_opens_its_file_for_five_minutes() -> None:
    file = await operations.upload((await a_resident()).id, name="a.pdf", content=PDF)

    token = links.link(file.id, to=OWNER).removeprefix(f"{links.PATH}/")

    found, content = await queries.content_by_link(token)
    assert (found.id, content) == (file.id, PDF)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        signing.sign({"sub": str(uuid4())}, audience="file", seconds=-1),
        signing.sign({"sub": str(uuid4())}, audience="resident", seconds=60),
    ],
    ids=["empty", "nonsense", "over", "of an access token"],
)
async def test_no_other_link_opens_anything(token: str) -> None:
    with pytest.raises(NotFound) as refused:
        await queries.content_by_link(token)
    assert refused.value.code == "file_link_expired"


async def test_a_link_to_no_file_opens_nothing() -> None:
    token = links.link(uuid4(), to=OWNER).removeprefix(f"{links.PATH}/")

    with pytest.raises(NotFound) as refused:
        await queries.content_by_link(token)
    assert refused.value.code == "file_not_found"
