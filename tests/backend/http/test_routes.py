"""What a route must say of itself."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from typing_extensions import TypedDict

from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing
from backend.http.routes import Routes
from backend.http.spec import Spec

Asked = Call[Nothing, NoQuery]


class Told(TypedDict):
    number: int


async def shaped(_call: Asked) -> Answer[Told]:
    """Answer."""
    return Answer({"number": 1})


async def listed(_call: Asked) -> Answer[Listing[Told]]:
    """Answer."""
    return Answer({"items": [{"number": 1}], "next_cursor": None})


async def written(_call: Asked) -> Answer[bytes]:
    """Answer."""
    return Answer(b"1")


async def done(_call: Asked) -> Answer[None]:
    """Answer."""
    return Answer()


async def free(_call: Asked) -> Answer[dict[str, int]]:
    """Answer."""
    return Answer({"number": 1})


async def anything(_call: Asked) -> Answer[Any]:
    """Answer."""
    return Answer({"number": 1})


async def bare(_call: Asked) -> Told:
    """Answer."""
    return {"number": 1}


async def silent(_call: Asked):  # type: ignore[no-untyped-def] # noqa: ANN201
    """Answer."""
    return Answer({"number": 1})


def declared(handler: Callable[..., Awaitable[Any]]) -> Spec:
    routes = Routes("told", prefix="/told", guard=Guard.OPEN, unrecorded="of a test")
    routes.get("/one")(handler)
    (spec,) = routes.specs
    return spec


@pytest.mark.parametrize(
    ("handler", "shape"),
    [(shaped, Told), (listed, Listing[Told]), (written, None), (done, None)],
)
def test_a_route_answers_in_the_shape_that_its_handler_says(
    handler: Callable[..., Awaitable[Answer[Any]]], shape: object
) -> None:
    assert declared(handler).answer == shape


@pytest.mark.parametrize("handler", [free, anything, bare, silent])
def test_a_handler_must_say_in_which_shape_it_answers(
    handler: Callable[..., Awaitable[Any]],
) -> None:
    with pytest.raises(TypeError, match=handler.__name__):
        declared(handler)
