"""An item's form as one JSON Schema (2020-12), built of blocks and the item's own questions."""

from typing import Any

from backend.catalogue.loading.parts import Parts
from backend.catalogue.loading.questions import Schema, asked, example, object_schema
from backend.catalogue.loading.rows import Block, Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NOTE = (
    "标有 x-profile 的项由系统按账户资料自动带出，可不填；账户资料没有而又必填的，须填写；"
    "有代办人时账户资料用于代办人。"
)

Answers = dict[str, Any]


def form_schema(title: str, parts: Parts) -> Schema:
    """The schema of the form that `parts` gathers, with an example; `title` is its item's name."""
    top = object_schema(parts.questions)
    required = [key for key in parts.blocks if key not in parts.optional] + top["required"]
    properties = {
        key: block_schema(block) | _carried(parts.names[key], block)
        for key, block in parts.blocks.items()
    }
    rules = [_top_rule(key, rule) for key, rule in parts.applying() if _is_top(key, rule)]
    schema: Schema = {
        "$schema": DIALECT,
        "title": title,
        "description": NOTE,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties | top["properties"],
    }
    if rules:
        schema["allOf"] = rules
    return schema | {"examples": [_example(parts)]}


def _carried(name: str, block: Block) -> Schema:
    """What says that the answers of an earlier form are offered again, and of whom they tell."""
    about = {"x-about": block.about} if block.about else {}
    return {"x-carried": name} | about if block.carried else {}


def block_schema(block: Block) -> Schema:
    """The schema of a block's answers."""
    schema: Schema = {"title": block.title}
    if block.note:
        schema["description"] = block.note
    schema |= object_schema(block.questions, sensitive=block.sensitive)
    if block.profile_unless:
        schema["x-profile-unless"] = block.profile_unless
    own = [_own_rule(rule) for rule in block.rules if rule.when]
    return schema | ({"allOf": own} if own and not block.inline else {})


def _is_top(key: str | None, rule: Rule) -> bool:
    return key is None or rule.when_form_has is not None


def _own_rule(rule: Rule) -> Schema:
    conditions = {name: {"enum": values} for name, values in (rule.when or {}).items()}
    return {
        "if": {"properties": conditions, "required": list(conditions)},
        "then": {"required": rule.require},
    }


def _top_rule(key: str | None, rule: Rule) -> Schema:
    if rule.when_form_has is None:
        return _own_rule(rule)
    inner: Schema = {"required": rule.require}
    then = inner if key is None else {"required": [key], "properties": {key: inner}}
    return {"if": {"required": [rule.when_form_has]}, "then": then}


def _example(parts: Parts) -> Answers:
    """A form that the schema takes: what must be answered, and what follows from it."""
    answers: Answers = {
        key: block_example(block)
        for key, block in parts.blocks.items()
        if key not in parts.optional
    }
    answers |= {name: example(q) for name, q in parts.questions.items() if asked(q)}
    for key, rule in parts.applying():
        if rule.when_form_has in answers or (key is None and _met(rule, answers)):
            block = None if key is None else parts.blocks[key]
            inner = answers
            if key is not None and block is not None:
                inner = answers.setdefault(key, block_example(block))
            for name in rule.require:
                inner[name] = _required(name, block, parts)
    return answers


def _required(name: str, block: Block | None, parts: Parts) -> object:
    """What a rule of the block, or of the whole form, asks for."""
    if block is not None:
        return example(block.questions[name])
    if name in parts.blocks:
        return block_example(parts.blocks[name])
    return example(parts.questions[name])


def block_example(block: Block) -> Answers:
    """Answers that the block's schema takes."""
    answers = {name: example(q) for name, q in block.questions.items() if asked(q)}
    for rule in block.rules:
        if _met(rule, answers):
            answers |= {name: example(block.questions[name]) for name in rule.require}
    return answers


def _met(rule: Rule, answers: Answers) -> bool:
    if rule.when is None:
        return False
    return all(answers.get(name) in values for name, values in rule.when.items())
