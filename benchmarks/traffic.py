"""The requests of each path as bytes: to our server, and for the same work to the peer."""

from collections.abc import Iterator
from itertools import count, cycle
from uuid import UUID

import orjson

from backend.identity.tokens import Claims, issue
from benchmarks import ids, seed
from benchmarks.ids import Kind, Side
from benchmarks.seed import Clerk
from config import clock
from models import Audience

Requests = Iterator[bytes]
PAGE = 20


class Traffic:
    """Endless requests for reads; for writes as many as there are residents to make them."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self._tokens = {number: _token(number) for number in ids.residents()}
        self._keys = count(ids.FIRST)

    def read(self, side: Side) -> Requests:
        """Each applicant looks at the newest of the own cases that has papers."""
        return cycle([self._read(side, number) for number in ids.applicants()])

    def list_own(self, side: Side) -> Requests:
        """Each applicant lists the first page of the own cases."""
        return cycle([self._list_own(side, number) for number in ids.applicants()])

    def list_staff(self, side: Side) -> Requests:
        """A clerk lists the first page of the unit's cases, again and again."""
        if side is Side.PEER:
            return cycle([_get(f"/staff/cases?path={self.clerk.path}&limit={PAGE}")])
        return cycle([_get(f"/api/v1/staff/cases?limit={PAGE}", self.clerk.token)])

    def to_do(self, side: Side) -> Requests:
        """A clerk looks at the first page of what the unit has to do, with the counts by light."""
        if side is Side.PEER:
            return cycle([_get(f"/staff/tasks?unit_id={seed.ELSEWHERE}&limit={PAGE}")])
        return cycle([_get(f"/api/v1/staff/tasks?limit={PAGE}", self.clerk.token)])

    def asked(self, path: str) -> bytes:
        """A question of the clerk's."""
        return _get(f"/api/v1/staff/{path}", self.clerk.token)

    def submit(self, side: Side) -> Requests:
        """Each resident applies once, with a form and two papers."""
        for number in ids.applying(side):
            application: dict[str, object] = {
                "item_code": seed.ITEM,
                "form": seed.FORM,
                "materials": [
                    {"material_code": code, "file_id": ids.uuid(kind, number)}
                    for code, kind in zip(
                        seed.MATERIALS, (Kind.FIRST_FILE, Kind.SECOND_FILE), strict=True
                    )
                ],
                "community_code": seed.COMMUNITY,
            }
            if side is Side.PEER:
                yield _post("/cases", application | {"resident_id": _resident(number)})
            else:
                yield self._keyed("/api/v1/cases", application, number)

    def book(self, side: Side) -> Requests:
        """Residents book at all of the side's slots."""
        return (self._book(side, *visit) for visit in ids.visits(side))

    def rush(self, side: Side) -> Requests:
        """All residents want the same slot."""
        return (self._book(side, *visit) for visit in ids.rush(side))

    def _read(self, side: Side, number: int) -> bytes:
        case = ids.uuid(Kind.CASE, number)
        if side is Side.PEER:
            return _get(f"/cases/{case}?resident_id={_resident(number)}")
        return _get(f"/api/v1/cases/{case}", self._tokens[number])

    def _list_own(self, side: Side, number: int) -> bytes:
        if side is Side.PEER:
            return _get(f"/cases?resident_id={_resident(number)}&limit={PAGE}")
        return _get(f"/api/v1/cases?limit={PAGE}", self._tokens[number])

    def _book(self, side: Side, number: int, slot: int) -> bytes:
        wish = {"slot_id": ids.uuid(Kind.SLOT, slot), "item_code": seed.VISIT}
        if side is Side.PEER:
            return _post("/appointments", wish | {"resident_id": _resident(number)})
        return self._keyed("/api/v1/appointments", wish, number)

    def _keyed(self, path: str, body: dict[str, object], number: int) -> bytes:
        return _post(path, body, self._tokens[number], key=f"key-{next(self._keys)}")


def _token(number: int) -> str:
    session = ids.uuid(Kind.SESSION, number)
    return issue(Claims(Audience.RESIDENT, _resident(number), session), now=clock.now())


def _resident(number: int) -> UUID:
    return ids.uuid(Kind.RESIDENT, number)


def _get(path: str, token: str | None = None) -> bytes:
    return f"{_head('GET', path, token)}\r\n".encode()


def _post(path: str, body: object, token: str | None = None, *, key: str | None = None) -> bytes:
    content = orjson.dumps(body)
    head = _head("POST", path, token)
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    if key:
        head += f"Idempotency-Key: {key}\r\n"
    return f"{head}\r\n".encode() + content


def _head(method: str, path: str, token: str | None) -> str:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
    return f"{head}Authorization: Bearer {token}\r\n" if token else head
