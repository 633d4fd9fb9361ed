"""An item's form as the files give it: blocks, questions and rules gathered in their order."""

from collections.abc import Iterator, Mapping

from backend.catalogue.loading.questions import asked
from backend.catalogue.loading.rows import Block, Form, Question, Rule


class Parts:
    """The form's top level, gathered from blocks and questions; the library has all it names."""

    def __init__(self, library: Mapping[str, Block], form: Form) -> None:
        self.library = library
        self.blocks: dict[str, Block] = {}
        self.names: dict[str, str] = {}
        self.questions: dict[str, Question] = {}
        self.optional: set[str] = set()
        self.rules: list[tuple[str | None, Rule]] = []
        self._sections: list[tuple[str | None, Block | None, dict[str, Question]]] = []
        for name in form.blocks:
            self._add(name, optional=False)
        for name in form.optional_blocks:
            self._add(name, optional=True)
        self.questions |= form.questions
        self.rules += [(None, rule) for rule in form.rules]
        if form.questions:
            self._sections.append((None, None, form.questions))

    def _add(self, name: str, *, optional: bool) -> None:
        block = self.library[name]
        key = None if block.inline else block.key or name
        if key is None:
            self.questions |= block.questions
        else:
            self.blocks[key] = block
            self.names[key] = name
            if optional or not any(asked(question) for question in block.questions.values()):
                self.optional.add(key)
        self._sections.append((key, block, block.questions))
        self.rules += [(key, rule) for rule in block.rules]
        for inner in block.optional_blocks:
            self._add(inner, optional=True)

    def sections(self) -> Iterator[tuple[str | None, Block | None, dict[str, Question]]]:
        """Each part in the file's order: its key (None at the top level), block and questions."""
        return iter(self._sections)

    def applying(self) -> list[tuple[str | None, Rule]]:
        """The rules whose condition can come true in this form."""
        return [
            (key, rule)
            for key, rule in self.rules
            if rule.when_form_has is None or rule.when_form_has in self.blocks
        ]
