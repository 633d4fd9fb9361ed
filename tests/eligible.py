"""An application that fulfils its item's conditions, as the item itself tells them."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

from backend.catalogue import conditions
from backend.catalogue.conditions import Facts
from sandbox.actors import id_number
from sandbox.seed import COMMUNITY
from tests.filler import fill
from tests.people import filled

AGES = (30, 85, 65, 18, 10, 1)
NUMBERED = {"age", "age_in_year", "sex"}


def eligible(item: dict[str, Any], file_id: str | None, today: date) -> dict[str, Any]:
    """The body of a submission, by an agent where the item's person may be of another age.

    Only a season that does not run today is left unfulfilled.
    """
    rules = [rule for each in item["conditions"] if (rule := each["rule"])]
    body = filled(item, file_id)
    asked = {rule["path"] for rule in _all(rules) if rule["kind"] in NUMBERED}
    if "applicant.id_number" in asked and "agent" in item["form"]["properties"]:
        required = [*item["form"]["required"], "applicant", "agent"]
        body["form"] = fill(item["form"] | {"required": required})
        paper = {"material_code": "power_of_attorney", "file_id": file_id}
        body["materials"] += [] if paper in body["materials"] else [paper]
    for rule in rules:
        _answer(rule, body["form"], today)
    demands = conditions.demands(
        [each for each in item["conditions"] if "season" not in str(each["rule"])], item["form"]
    )
    for form in _with_numbers(body["form"], sorted(asked), today):
        facts = Facts(form, today, COMMUNITY)
        if all(demand.test(facts) is not False for demand in demands):
            return body | {"form": form}
    raise AssertionError(f"nobody fulfils {item['code']}")


def _all(rules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        yield rule
        yield from rule["rules"]


def _answer(rule: dict[str, Any], form: dict[str, Any], today: date) -> None:
    value = {"answer": rule["values"][:1], "number": [rule["min"]]}.get(rule["kind"], [])
    if rule["kind"] == "within":
        value = [today.isoformat()]
    if value:
        _put(form, rule["path"], value[0])


def _with_numbers(form: dict[str, Any], paths: list[str], today: date) -> Iterator[dict[str, Any]]:
    """The form as it is, then with people of every age and sex at these paths."""
    yield form
    people = [(age, sex) for age in AGES for sex in (0, 1)]
    for chosen in product(people, repeat=len(paths)):
        for path, (age, sex) in zip(paths, chosen, strict=True):
            _put(form, path, _number(today.replace(year=today.year - age, day=1), sex))
        yield form


def _number(born: date, sex: int) -> str:
    while int((number := id_number(born=born))[16]) % 2 != sex:
        pass
    return number


def _put(form: dict[str, Any], path: str, value: Any) -> None:
    """Write an answer, but not into a part that the form does not have."""
    *parts, name = path.split(".")
    node = form
    for part in parts:
        node = node.get(part, {})
    if node or not parts:
        node[name] = value
