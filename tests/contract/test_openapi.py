"""The served description: sound, complete, and true under whatever it allows to be asked."""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import schemathesis
from aiohttp import ClientSession
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests import Session  # noqa: TID251 - what schemathesis asks with
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.http.guard import Guard
from miniprogram_api import server
from tests import answers
from tests.live import Live
from tests.people import on_duty, person

# Of each route and mode: some 300 in all. What is right comes last: it may end the session.
EXAMPLES = {GenerationMode.NEGATIVE: 2, GenerationMode.POSITIVE: 3}
ENDING = {
    Guard.RESIDENT: "POST /api/v1/auth/logout",
    Guard.STAFF: "POST /api/v1/staff/auth/logout",
}
# Its answer goes on: it would be waited for.
STREAM = "GET /api/v1/staff/events"
PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def declared() -> dict[str, Guard]:
    """The app's routes as the description writes them, with whom they are for."""
    return {
        f"{spec.method} {described(spec.path)}": spec.guard
        for group in server.GROUPS
        for spec in group.specs
    }


def described(path: str) -> str:
    """The path with its parameters as OpenAPI writes them."""
    return PARAMETER.sub(r"{\1}", path)


def references(node: Any) -> Iterator[str]:
    """Every $ref in the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_it_is_sound_openapi_3_1(live: Live) -> None:
    document = answers.described(live.api)
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for reference in set(references(document)):
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind]


def test_every_route_is_in_it_with_its_guard(live: Live) -> None:
    paths = answers.described(live.api)["paths"]
    shown = {
        f"{method.upper()} {path}": operation
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    routes = declared()
    assert shown.keys() == routes.keys()
    names = [operation["operationId"] for operation in shown.values()]
    assert len(set(names)) == len(names)
    for name, operation in shown.items():
        audience = routes[name].audience
        assert operation["security"] == ([{audience.value: []}] if audience else []), name
        assert re.search(r"\w", operation["summary"]), name


@dataclass(frozen=True)
class Tokens:
    """For each guard one that lasts, and one for the route that ends its session."""

    lasting: dict[Guard, str]
    ending: dict[str, str]

    def headers(self, name: str) -> dict[str, str]:
        """What lets in who asks this route, so far as it lets in anybody."""
        token = self.ending.get(name) or self.lasting.get(declared()[name], "")
        return {"Authorization": f"Bearer {token}"} if token else {}


@pytest.fixture
async def tokens(live: Live, http: ClientSession, foreign_staff: list[str]) -> Tokens:
    """Those of two residents and two members of staff."""
    # Nobody's whom other tests keep logged in: one route ends all logins but its own.
    users = {Guard.RESIDENT: ("", ""), Guard.STAFF: ("supervisor", foreign_staff[1])}
    found = Tokens({}, {})
    for guard, names in users.items():
        staying, leaving = (person(live, http, name) for name in names)
        for who in (staying, leaving):
            await who.log_in(staff=guard is Guard.STAFF)
        found.lasting[guard] = staying.token
        found.ending[ENDING[guard]] = leaving.token
    found.lasting[Guard.ADMIN] = (await on_duty(live, http, "admin")).token
    return found


def test_nothing_that_is_sent_breaks_it(live: Live, tokens: Tokens) -> None:
    document = answers.described(live.api)
    schema = schemathesis.openapi.from_dict(document)
    with Session() as session:
        session.headers.clear()
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            if operation.label == STREAM:
                continue
            headers = tokens.headers(operation.label)
            asked = document["paths"][operation.path][operation.method]
            for mode, examples in EXAMPLES.items():
                if mode is GenerationMode.NEGATIVE and takes_any_text(asked):
                    continue
                cases = operation.as_strategy(generation_mode=mode)
                _play(cases, examples, partial(_ask, live, session, headers))
        for name in ("GET /api/v1/me", "GET /api/v1/staff/me"):
            asker = tokens.headers(name)
            assert session.get(live.api + name.split()[1], headers=asker).status_code == 200


def takes_any_text(operation: dict[str, Any]) -> bool:
    """Nothing could be wrong about a request; the search for it would take seconds."""
    parameters = operation["parameters"]
    plain = all(
        given["in"] in {"path", "header"} and given["schema"].keys() <= {"type", "description"}
        for given in parameters
    )
    texts = all(given["schema"].get("type") == "string" for given in parameters)
    return "requestBody" not in operation and bool(parameters) and plain and texts


def _play(cases: Any, examples: int, ask: Callable[[Any], None]) -> None:
    @settings(BOUNDED, max_examples=examples)
    @given(case=cases)
    def play(case: Any) -> None:
        ask(case)

    with contextlib.suppress(Unsatisfiable):  # there is nothing that could be wrong about it
        play()


def _ask(live: Live, session: Session, headers: dict[str, str], case: Any) -> None:
    case.call_and_validate(base_url=live.api, session=session, headers=headers, checks=CHECKS)
