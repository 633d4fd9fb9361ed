import asyncio
import zlib
from base64 import a85encode
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest

from backend.errors import ServiceError
from backend.files import cleaning
from backend.files.cleaning import clean
from backend.files.contents import Cleaned
from backend.files.refusals import UploadsBusy
from tests.backend.files.packing import packed_pdf
from tests.backend.files.pictures import SOMEBODY, a_pdf, a_picture

MANY, OTHER = UUID(int=1), UUID(int=2)
SLOW = b"%PDF-1.4\n" + b"1 0 obj\n" * 90_000


def begun(content: bytes, owner: UUID = MANY) -> asyncio.Task[Cleaned]:
    return asyncio.get_running_loop().create_task(clean(content, owner))


async def test_one_person_takes_one_place_and_another_is_served_meanwhile() -> None:
    many = [begun(SLOW) for _ in range(cleaning.WAITING_OF_ONE)]
    await asyncio.sleep(0)

    assert await clean(a_picture(), OTHER)

    assert not all(each.done() for each in many)
    for each in many:
        each.cancel()
    await asyncio.gather(*many, return_exceptions=True)


async def test_more_files_of_one_person_than_may_wait_are_sent_away_at_once() -> None:
    many = [begun(a_picture()) for _ in range(cleaning.WAITING_OF_ONE)]
    await asyncio.sleep(0)

    with pytest.raises(UploadsBusy) as error:
        await clean(a_picture(), MANY)

    assert error.value.code == "uploads_busy"
    assert error.value.retry_after
    assert await asyncio.gather(*many)
    assert await clean(a_picture(), MANY)


async def test_a_few_people_cannot_fill_the_queue_before_another() -> None:
    few = [
        UUID(int=number)
        for number in range(10, 10 + cleaning.WAITING // cleaning.WAITING_OF_ONE + 1)
    ]
    many = [begun(a_picture(), owner) for owner in few for _ in range(cleaning.WAITING_OF_ONE)]
    await asyncio.sleep(0)

    assert await clean(a_picture(), OTHER)

    ends = await asyncio.gather(*many, return_exceptions=True)
    served = [isinstance(end, Cleaned) for end in ends]
    assert all(
        any(served[at : at + cleaning.WAITING_OF_ONE])
        for at in range(0, len(served), cleaning.WAITING_OF_ONE)
    )
    assert {type(end) for end in ends if isinstance(end, ServiceError)} == {UploadsBusy}


async def test_a_packed_page_stays_as_it_is() -> None:
    assert await clean(packed_pdf(zlib.compress(b"0 0 m 9 9 l S"), ["/FlateDecode"]), SOMEBODY)


async def test_small_objects_stay_packed_together() -> None:
    with pikepdf.open(BytesIO(a_pdf())) as pdf:
        pdf.pages[0].obj.Kept = pikepdf.Array(
            [pdf.make_indirect(pikepdf.Dictionary(T=f"paragraph {n}")) for n in range(3000)]
        )
        saved = BytesIO()
        pdf.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    assert len((await clean(saved.getvalue(), SOMEBODY)).content) < 2 * len(saved.getvalue())


async def test_what_unpacks_in_another_way_is_kept_packed() -> None:
    inner = a85encode(zlib.compress(bytes(300 * 1024 * 1024), 1)) + b"~>"
    given = packed_pdf(inner, ["/ASCII85Decode", "/FlateDecode"])

    assert inner in (await clean(given, SOMEBODY)).content
