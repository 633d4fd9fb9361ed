"""What is wrong with the rules of a block or a form: what they name and is not there."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from backend.catalogue.loading.fault import Fault, Path
from backend.catalogue.loading.rows import Kind, Question, Rule

_UNKNOWN = "没有这一栏 / there is no question "


def faults(
    rules: Sequence[Rule],
    *,
    questions: Mapping[str, Question],
    blocks: Collection[str],
    keys: Collection[str],
    at: Path,
) -> Iterator[Fault]:
    """Each name of a rule that is none of its questions and blocks, each value that is no choice.

    `keys` are those of all blocks that a form may have, `at` is where the list of rules stands.
    """
    for number, rule in enumerate(rules):
        place = (*at, number)
        for n, name in enumerate(rule.require):
            if name not in questions and name not in blocks:
                yield Fault(f"{at[0]}: {_UNKNOWN}{name!r}", (*place, "require", n))
        for name, values in (rule.when or {}).items():
            if name not in questions:
                yield Fault(f"{at[0]}: {_UNKNOWN}{name!r}", (*place, "when", name))
                continue
            for value in values:
                if not _may_be(questions[name], value):
                    yield Fault(
                        f"{at[0]}: {name} 没有这个选项 / has no choice {value!r}",
                        (*place, "when", name),
                    )
        if rule.when_form_has is not None and rule.when_form_has not in keys:
            yield Fault(
                f"{at[0]}: 没有模块 / there is no block {rule.when_form_has!r}",
                (*place, "when_form_has"),
            )


def _may_be(question: Question, value: str | bool) -> bool:  # noqa: FBT001 - an answer
    """Whether the answer can be this; of what is typed freely anything may be."""
    if question.one:
        return value in question.one
    return question.kind is not Kind.YES_NO or isinstance(value, bool)
