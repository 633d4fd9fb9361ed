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
    that the profile knows is another: an account at a bank that is not the applicant's, say. Who
    has told of two children is asked which: a block `about` somebody is left out then. While the
    name is not proven, an account may have been another's: what names a person is left out.
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
    there = list(_answered(schema["x-carried"], earlier)) if "x-carried" in schema else []
    about = schema.get("x-about")
    if about and len({answers.get(about) for answers in there}) > 1:
        return {}
    if "name" not in known and _names_somebody(schema):
        return {}
    fitting = (answers for answers in there if _fits(answers, schema, known))
    return _lasting(next(fitting, {}), schema)


def _answered(library: str, earlier: Sequence[tuple[ItemVersion, Form]]) -> Iterator[Form]:
    """The answers to this block of the library, the newest first."""
    for item, form in earlier:
        for name, block in item.form["properties"].items():
            if block.get("x-carried") == library and form.get(name):
                yield form[name]


def _names_somebody(schema: Mapping[str, Any]) -> bool:
    inner = [
        *schema.get("properties", {}).values(),
        *([schema["items"]] if "items" in schema else []),
    ]
    return "x-mask" in schema or any(_names_somebody(each) for each in inner)


def _lasting(answers: Form, schema: Mapping[str, Any]) -> Form:
    """The answers without those that are soon others, in lists too."""
    asked = schema["properties"]
    return {
        name: [_lasting(entry, asked[name]["items"]) for entry in answer]
        if "properties" in asked[name].get("items", {})
        else answer
        for name, answer in answers.items()
        if "x-passing" not in asked[name]
    }


def _fits(
    answers: Mapping[str, Any], schema: Mapping[str, Any], known: Mapping[str, object]
) -> bool:
    """Whether each answer is one that the block has today, and none says that it is another's."""
    return all(
        name in (asked := schema["properties"])
        and ("x-profile" not in asked[name] or known.get(asked[name]["x-profile"]) == answer)
        for name, answer in answers.items()
    )
