"""What of an item's form is known before its applicant has answered anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from backend.catalogue import forms
from backend.catalogue.forms import Form
from backend.catalogue.versions import ItemVersion

From = Literal["profile", "earlier_case"]


class Source(NamedTuple):
    """Where the answer at this dotted path is from."""

    path: str
    source: From


class Prefilled(NamedTuple):
    """The answers that are known, and how many of those that must be given they are, 0 to 1."""

    form: Form
    sources: list[Source]
    share: float


def prefill(
    item: ItemVersion,
    profile: Mapping[str, object],
    earlier: Sequence[tuple[ItemVersion, Form]] = (),
) -> Prefilled:
    """What the profile and earlier forms, the newest first, say of what must be answered.

    Whoever fills in for somebody else has told of that person: such a form says nothing. Of an
    earlier form only blocks that the data files call `carried` count, and none in which an answer
    that the profile knows is another: an account at a bank that is not the applicant's, say.
    """
    known = forms.known(profile)
    own = [(each, form) for each, form in earlier if "agent" not in form]
    form: Form = {}
    sources: list[Source] = []
    for block, schema in _asked(item.form):
        carried = _carried(schema, known, own)
        answers = {name: Source(f"{block}.{name}", "earlier_case") for name in carried}
        mine = {
            name: known[answer["x-profile"]]
            for name, answer in schema["properties"].items()
            if answer.get("x-profile") in known
        }
        answers |= {name: Source(f"{block}.{name}", "profile") for name in mine}
        if answers:
            form[block] = carried | mine
            sources += answers.values()
    must = required(item)
    there = {source.path for source in sources}
    return Prefilled(form, sources, sum(path in there for path in must) / len(must) if must else 1)


def required(item: ItemVersion) -> list[str]:
    """The dotted path of each answer that a case must have, be it from the profile."""
    blocks = dict(_asked(item.form))
    inside = [
        f"{block}.{name}"
        for block, schema in blocks.items()
        for name, answer in schema["properties"].items()
        if name in schema["required"] or "x-profile" in answer
    ]
    return inside + [name for name in item.form["required"] if name not in blocks]


def _asked(form: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The blocks of which a case must have answers."""
    for name, schema in form["properties"].items():
        if schema.get("type") != "object":
            continue
        wanted = {
            key: one["x-profile"] for key, one in schema["properties"].items() if "x-profile" in one
        }
        if name in form["required"] or forms.is_all_known(schema, wanted):
            yield name, schema


def _carried(
    schema: Mapping[str, Any],
    known: Mapping[str, object],
    earlier: Sequence[tuple[ItemVersion, Form]],
) -> dict[str, Any]:
    """The newest answers of the same block of the library that the form still takes."""
    library = schema.get("x-carried")
    for item, form in earlier if library else ():
        for name, block in item.form["properties"].items():
            answers = form.get(name)
            if block.get("x-carried") == library and answers and _fits(answers, schema, known):
                return dict(answers)
    return {}


def _fits(
    answers: Mapping[str, Any], schema: Mapping[str, Any], known: Mapping[str, object]
) -> bool:
    """Whether each answer is one that the block has today, and none says that it is another's."""
    return all(
        name in (asked := schema["properties"])
        and ("x-profile" not in asked[name] or known.get(asked[name]["x-profile"]) == answer)
        for name, answer in answers.items()
    )
