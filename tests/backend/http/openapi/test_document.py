"""The description of a few made-up endpoints: what of it follows from what they declare."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, NoReturn, NotRequired
from uuid import UUID

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.openapi import document, parameters, shapes, words
from backend.http.openapi.examples import example
from backend.http.openapi.shapes import Schema
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from models import Right


class Kind(StrEnum):
    """What it is."""

    ONE = "one"
    TWO = "two"


class Told(TypedDict):
    """What is answered."""

    id: UUID
    name: str
    note: NotRequired[str | None]


class Given(Body):
    """What is sent."""

    name: str = "x"
    kind: Annotated[Kind, Field(strict=False)] = Kind.ONE


class Find(Page):
    """What is looked for."""

    day: date | None = None
    kind: Kind | None = None
    unread: bool = False
    q: str


def never_asked() -> NoReturn:
    """What each endpoint below does: they are described, and nobody serves them."""
    pytest.fail("an endpoint that is only described was asked")


ROUTES = Routes("told", prefix="/api/v1/cases", guard=Guard.RESIDENT, unrecorded="of a test")


@ROUTES.get("", query=Find)
async def list_told(_call: Call[Nothing, Find]) -> Answer[Listing[Told]]:
    """List them.

    And more of it.
    """
    never_asked()


@ROUTES.get("/<told_id:uuid>/<name>", etag=True, behalf=Right.READ, also=(404,))
async def show_told(_call: Call[Nothing, NoQuery], **_: object) -> Answer[Told]:
    """Show it."""
    never_asked()


@ROUTES.post("", body=Given, status=201, if_match_later=True, key_required=True)
async def make_told(_call: Call[Given, NoQuery]) -> Answer[Told]:
    """Make it."""
    never_asked()


@ROUTES.put("/<told_id:uuid>", body=Given, if_match=True)
async def change_told(_call: Call[Given, NoQuery], told_id: UUID) -> Answer[Told]:
    """Change it."""
    never_asked()


@ROUTES.post("/file", multipart=True, keyed=Keyed.AFTER, guard=Guard.STAFF, about_staff=True)
async def upload_told(_call: Call[Nothing, NoQuery]) -> Answer[Told]:
    """Upload it."""
    never_asked()


@ROUTES.get("/page", media=("text/html", "image/png"), guard=Guard.OPEN)
async def page_told(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """Show a page."""
    never_asked()


SHOWN = document(ROUTES.specs, version="1.2.3", server="https://example.org")


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = SHOWN["paths"][f"/api/v1/cases{path}"][method]
    return found


def answer(method: str, path: str, status: int) -> dict[str, Any]:
    """The answer, wherever it is described."""
    found: dict[str, Any] = operation(method, path)["responses"][str(status)]
    if "$ref" in found:
        found = SHOWN["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    return found


def named(method: str, path: str) -> dict[str, tuple[str, bool]]:
    """The parameters: where each stands, and whether it must."""
    return {
        each["name"]: (each["in"], each["required"])
        for each in operation(method, path)["parameters"]
    }


def test_it_says_of_which_version_and_server_it_is() -> None:
    assert (SHOWN["openapi"], SHOWN["info"]["version"]) == ("3.1.0", "1.2.3")
    assert SHOWN["servers"] == [{"url": "https://example.org"}]
    assert [tag["name"] for tag in SHOWN["tags"]] == ["cases"]
    assert set(SHOWN["components"]["securitySchemes"]) == {"resident", "staff"}


def test_each_route_is_an_operation_with_its_caller() -> None:
    told = operation("get", "")
    assert (told["operationId"], told["description"], told["tags"]) == (
        *("list_told", "List them."),
        ["cases"],
    )
    assert told["security"] == [{"resident": []}]
    assert operation("post", "/file")["security"] == [{"staff": []}]
    assert operation("get", "/page")["security"] == []
    assert set(SHOWN["paths"]["/api/v1/cases"]) == {"get", "post"}


def test_what_a_request_carries_beside_its_body() -> None:
    assert named("get", "") == {
        **dict.fromkeys(("limit", "cursor", "day", "kind", "unread"), ("query", False)),
        "q": ("query", True),
    }
    assert named("get", "/{told_id}/{name}") == {
        "told_id": ("path", True),
        "name": ("path", True),
        "On-Behalf-Of": ("header", False),
        "If-None-Match": ("header", False),
    }
    assert named("post", "") == {
        "Idempotency-Key": ("header", True),
        "If-Match": ("header", False),
    }
    assert named("put", "/{told_id}") == {"told_id": ("path", True), "If-Match": ("header", True)}
    assert named("post", "/file") == {"Idempotency-Key": ("header", False)}
    assert named("get", "/page") == {}


def test_a_parameter_has_a_plain_shape_without_null() -> None:
    shape = {each["name"]: each["schema"] for each in operation("get", "")["parameters"]}
    assert shape["day"] == {"type": "string", "format": "date"}
    assert (shape["kind"]["type"], shape["kind"]["enum"]) == ("string", ["one", "two"])
    assert (shape["unread"]["type"], shape["unread"]["default"]) == ("boolean", False)
    assert shape["limit"] | {"default": 20} == shape["limit"]
    ids = {
        each["name"]: each["schema"] for each in operation("get", "/{told_id}/{name}")["parameters"]
    }
    assert ids["told_id"] == {"type": "string", "format": "uuid"}
    assert ids["name"] == {"type": "string"}


def test_what_is_sent_is_described_and_required() -> None:
    told = operation("post", "")["requestBody"]
    assert told["required"]
    assert told["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Given"}
    given = SHOWN["components"]["schemas"]["Given"]
    assert "default" not in given["properties"]["name"]
    assert not given["additionalProperties"]
    file = operation("post", "/file")["requestBody"]
    assert list(file["content"]) == ["multipart/form-data"]
    for each in (operation("get", ""), operation("get", "/page")):
        assert "requestBody" not in each


def test_what_is_answered_stands_at_its_status() -> None:
    made = answer("post", "", 201)["content"]["application/json"]
    assert made["schema"] == {"$ref": "#/components/schemas/Told"}
    assert made["example"].keys() == {"id", "name", "note"}
    listed = answer("get", "", 200)["content"]["application/json"]["schema"]
    assert listed == {"$ref": "#/components/schemas/ToldListing"}
    assert "content" not in answer("get", "/{told_id}/{name}", 304)
    assert "304" not in operation("get", "")["responses"]
    page = answer("get", "/page", 200)["content"]
    assert list(page) == ["text/html", "image/png"]
    assert page["image/png"] == {"schema": {"type": "string", "format": "binary"}}
    own = answer("get", "/{told_id}/{name}", 404)["content"]
    assert list(own) == ["application/json", "application/problem+json"]


def test_what_several_answer_alike_is_described_once() -> None:
    shared = SHOWN["components"]["responses"]
    used = [
        found["$ref"].rsplit("/", 1)[1]
        for methods in SHOWN["paths"].values()
        for each in methods.values()
        for found in each["responses"].values()
        if "$ref" in found
    ]
    assert set(used) == set(shared)
    assert all(used.count(name) > 1 for name in shared)
    told = [str(each) for each in shared.values()]
    assert len(set(told)) == len(told)
    assert operation("get", "")["responses"]["default"] == {
        "$ref": "#/components/responses/AnswerDefault"
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"examples": [3, 4], "type": "integer"}, 3),
        ({"const": "a"}, "a"),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "string"}, None),
        ({"type": "array", "items": {"const": 1}}, [1]),
        ({"type": "object"}, {}),
        (
            {"type": "object", "properties": {"a": {"const": 1}, "b": {"enum": [2]}}},
            {"a": 1, "b": 2},
        ),
        ({"$ref": "#/x/Part"}, {"size": 7}),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 1),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/x/Part"}]}, {"size": 7}),
        ({"anyOf": [{"const": 1}, {"type": "array", "items": {"const": 2}}]}, [2]),
    ],
)
def test_an_example_is_put_together_from_its_parts(schema: Schema, expected: object) -> None:
    part = {"type": "object", "properties": {"size": {"examples": [7]}}}
    assert example(schema, {"Part": part}) == expected


def test_a_shape_that_holds_itself_is_told_and_not_followed_for_ever() -> None:
    with pytest.raises(ValueError, match="holds itself"):
        example({"$ref": "#/x/Me"}, {"Me": {"type": "array", "items": {"$ref": "#/x/Me"}}})


def test_words_of_a_field_are_those_of_the_nearest_who_has_them() -> None:
    class Base(BaseModel):
        a: int

    class Child(Base):
        b: int

    class Less(TypedDict):
        a: int

    class More(Less):
        b: int

    assert shapes.owners(Child) == ("Child", "Base", "BaseModel")
    assert shapes.owners(More) == ("More", "Less")
    assert shapes.name_of(Listing[Told]) == "Listing[Told]"
    assert words.found({"Child.a", "Base.a", "a"}, ("Child", "Base"), "a") == "Child.a"
    assert words.found({"Base.a", "a"}, ("Child", "Base"), "a") == "Base.a"
    assert words.found({"Other.a", "a"}, ("Child", "Base"), "a") == "a"
    assert words.found({"Other.a"}, ("Child", "Base"), "a") == ""


@pytest.mark.parametrize(
    ("part", "labels", "expected"),
    [
        ({"enum": ["a", "b"]}, {"a": "甲", "b": "乙"}, {"a": "甲", "b": "乙"}),
        ({"enum": ["a", "b"]}, {"a": "甲", "c": "丙"}, {"a": "甲"}),
        ({"const": "a"}, {"a": "甲"}, {"a": "甲"}),
        ({"enum": ["甲", "乙"]}, {}, {"甲": "甲", "乙": "乙"}),
        ({"enum": ["甲", "b"]}, {}, None),
        ({"type": "string"}, {"a": "甲"}, None),
    ],
)
def test_each_value_of_a_list_is_called_by_its_name(
    part: Schema, labels: dict[str, str], expected: dict[str, str] | None
) -> None:
    shapes.label(part, labels)
    assert part.get(shapes.LABELS) == expected


def test_a_path_is_written_as_openapi_has_it() -> None:
    (show,) = [spec for spec in ROUTES.specs if spec.name == "show_told"]
    assert parameters.path(show) == "/api/v1/cases/{told_id}/{name}"
