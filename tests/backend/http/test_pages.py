"""A cursor is taken by the list that gave it, asked for the same, and by no other."""

from typing import Any
from uuid import UUID

import pytest

from backend.http import pages
from backend.http.pages import Page
from backend.http.refusals import CursorInvalid
from tests.contract.declared import specs

# Another value of each filter.
OTHER: dict[str, Any] = {
    "category": "benefit",
    "community": "210102001001",
    "department": "MZ",
    "filter": UUID(int=1),
    "from": "2026-03-09",
    "item": "SP-MZ-001",
    "light": "red",
    "material": "id-card",
    "parent": "210102000000",
    "q": "老人",
    "scope": "mine",
    "side": "outgoing",
    "sort": "due",
    "state": "disabled",
    "status": "submitted",
    "to": "2026-03-09",
    "type": "public_service",
    "unit": "210102",
    "unread": True,
}
# An appointment is in other states than a case.
OF_LIST: dict[str, dict[str, Any]] = {
    "FindCases": {"scope": "received"},
    "ListAppointments": {"status": "booked"},
}
# Given together or not at all.
PLACE = {"lat": 41.8, "lng": 123.4}
LISTS = sorted(
    {spec.query for spec in specs() if issubclass(spec.query, Page)},
    key=lambda query: (query.__module__, query.__name__),
)
ROWS = ["a", "b", "c"]


def others(query: type[Page]) -> list[Page]:
    """The list with each of its filters set."""
    values = OTHER | OF_LIST.get(query.__name__, {})
    own = query.model_fields.keys() - Page.model_fields.keys()
    names = {query.model_fields[name].alias or name for name in own}
    places = [query.model_validate(PLACE)] if names >= PLACE.keys() else []
    single = sorted(names - PLACE.keys())
    return places + [query.model_validate({name: values[name]}) for name in single]


def cursor(page: Page) -> str:
    """That of its second page."""
    _, following = pages.cut(ROWS, page.model_copy(update={"limit": 2}), str)
    assert following is not None
    return following


@pytest.mark.parametrize("query", LISTS, ids=lambda query: query.__name__)
def test_a_cursor_is_of_its_list_and_of_what_was_asked(query: type[Page]) -> None:
    asked = [query(), *others(query)]
    foreign = [each() for each in LISTS if each is not query]
    for page in asked:
        given = cursor(page)
        assert pages.position(page.model_copy(update={"cursor": given, "limit": 7})) == "b"
        for other in [*asked, *foreign]:
            if other is not page:
                with pytest.raises(CursorInvalid):
                    pages.position(other.model_copy(update={"cursor": given}))


def test_a_page_that_all_fits_on_has_none_after_it() -> None:
    page = LISTS[0]()

    for limit, kept in ((2, ["a", "b"]), (3, ROWS), (4, ROWS)):
        rows, following = pages.cut(ROWS, page.model_copy(update={"limit": limit}), str)
        assert (rows, following is None) == (kept, limit >= len(ROWS))
    assert pages.cut([], page, str) == ([], None)


def test_no_two_lists_have_one_kind_of_query() -> None:
    assert len(LISTS) == len([spec for spec in specs() if issubclass(spec.query, Page)])
