"""One call of an endpoint: who asks, and what was asked, checked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from sanic import Request

from backend.http.body import Body, Query
from backend.http.receiving import Upload
from backend.idempotency.keys import Once
from backend.identity import actors
from backend.identity.actors import ResidentActor, StaffActor
from backend.identity.tokens import Claims
from backend.mandates import acting
from backend.mandates.acting import Behalf, On
from models import Audience, Right


class Nothing(Body):
    """No body."""


class NoQuery(Query):
    """No query parameters."""


B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)


@dataclass(slots=True)
class Call(Generic[B, Q]):
    """What a handler gets; `expected_version` is If-Match's where the route takes it, else 0.

    `now` is when all of the request had arrived, and the time of whatever it does. `upload` is the
    file of a route that takes one, `mandate_id` the mandate under which it is asked for somebody,
    and `right` the one that this takes. `first` is the stored answer that is to be shown once more.
    """

    request: Request
    body: B
    query: Q
    claims: Claims | None
    now: datetime
    upload: Upload | None = None
    expected_version: int = 0
    once: Once | None = None
    mandate_id: UUID | None = None
    right: Right | None = None
    first: bytes = b""
    _staff: StaffActor | None = None

    @property
    def who(self) -> UUID:
        """The id of the resident or staff member who asks."""
        if self.claims is None:
            raise TypeError("an open route has no caller")
        return self.claims.subject

    async def resident(self) -> ResidentActor:
        """The resident who asks."""
        if self.claims is None:
            raise TypeError("an open route has no caller")
        return await actors.resident(self.claims)

    async def behalf(self, *, item_code: str | None = None) -> Behalf | None:
        """For whom it is asked, of this item or of any; None for the resident themselves.

        Raises as `acting.on_behalf`.
        """
        if self.mandate_id is None:
            return None
        by, right = await self.resident(), self._right()
        return await acting.on_behalf(
            self.mandate_id, by=by, right=right, item_code=item_code, now=self.now
        )

    @asynccontextmanager
    async def for_principal(self, mandate_id: UUID, *, did: str, on: On) -> AsyncIterator[Behalf]:
        """A transaction in which the mandate holds, and what is done under it is recorded."""
        by, right = await self.resident(), self._right()
        async with acting.carrying_out(
            mandate_id, by=by, right=right, did=did, on=on, now=self.now
        ) as behalf:
            yield behalf

    def _right(self) -> Right:
        if self.right is None:
            raise TypeError("a route that is asked for others declares the right it takes")
        return self.right

    async def staff(self) -> StaffActor:
        """The staff member who asks, with the posts held when first asked for in this call."""
        if self.claims is None:
            raise TypeError("an open route has no caller")
        if self._staff is None:
            self._staff = await actors.staff(self.claims, now=self.now)
        return self._staff

    async def present(self) -> None:
        """SessionEnded if the caller is no longer who the token says; open routes have none."""
        if self.claims is None:
            return
        if self.claims.audience is Audience.STAFF:
            await self.staff()
        else:
            await self.resident()
