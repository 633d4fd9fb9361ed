"""What items and their forms may name: departments, blocks, papers, and where limits come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from backend.catalogue.loading import (
    deliveries,
    examples,
    explaining,
    negative_list,
    rules,
    schemas,
)
from backend.catalogue.loading.explaining import Terms
from backend.catalogue.loading.fault import Fault, strange
from backend.catalogue.loading.negative_list import Proof
from backend.catalogue.loading.rows import Block, Material, Meta
from config.sources import BadRow, Find, fitting, line_of, read_yaml, shown, take

FOLDER = "catalogue"
NO_BLOCK = "没有模块 / there is no block {!r}"

T = TypeVar("T", bound=BaseModel)
Blocks = Mapping[str, Block | None]


@dataclass(frozen=True)
class Library:
    """By code; None is a row that is at fault, which is told where it stands and nowhere else.

    The questions of blocks are explained. `proofs` are the words of the negative list.
    """

    departments: frozenset[str]
    blocks: Blocks
    materials: Mapping[str, Material | None]
    limit_sources: frozenset[str]
    proofs: frozenset[str]
    terms: Terms

    @cached_property
    def sound_blocks(self) -> dict[str, Block]:
        """The blocks of which a form can be made: sound, and so are those that they bring along."""
        return {
            name: block
            for name, block in self.blocks.items()
            if block and all(self.blocks[inner] for inner in block.optional_blocks)
        }

    @cached_property
    def papers(self) -> dict[str, Material]:
        """The papers of which all is known."""
        return {code: paper for code, paper in self.materials.items() if paper}


def read(departments: frozenset[str], find: Find, bad: list[BadRow]) -> Library:
    """Read and check the files; `departments` are the known codes."""
    listed = _taken(find(f"{FOLDER}/negative_list.yaml"), Proof, bad)
    proofs = {name: proof for name, proof, _, _ in listed if proof}
    terms = explaining.read(find, bad)
    return Library(
        departments=departments,
        blocks=_blocks(find(f"{FOLDER}/blocks.yaml"), terms, bad),
        materials=dict(_papers(find(f"{FOLDER}/materials.yaml"), proofs, bad)),
        limit_sources=_limit_sources(find(f"{FOLDER}/meta.yaml"), bad),
        proofs=frozenset(word for proof in proofs.values() for word in proof.words),
        terms=terms,
    )


def key_of(name: str, block: Block | None) -> str:
    """The key of a block's answers in a form."""
    return (block.key if block else None) or name


def _limit_sources(path: Path, bad: list[BadRow]) -> frozenset[str]:
    if not (content := read_yaml(path, bad)):
        return frozenset()
    take(Meta, content, at=BadRow(shown(path), "", "", 1), bad=bad)
    meta, sure = fitting(Meta, content)
    return frozenset(meta.limit_sources) if "limit_sources" in sure else frozenset()


def _taken(
    path: Path, model: type[T], bad: list[BadRow]
) -> Iterator[tuple[str, T | None, object, BadRow]]:
    """Each row of the file: its code, itself where it fits, its content and its place."""
    rows, file = read_yaml(path, bad), shown(path)
    for code, content in rows.items():
        at = BadRow(file, str(code), "", line_of(rows, [code]))
        yield str(code), take(model, content, at=at, bad=bad), content, at


def _papers(
    path: Path, proofs: Mapping[str, Proof], bad: list[BadRow]
) -> Iterator[tuple[str, Material | None]]:
    for code, paper, content, at in _taken(path, Material, bad):
        faults = list(negative_list.faults(paper, proofs)) if paper else []
        bad += [fault.bad_row(content, at) for fault in faults]
        yield code, None if faults else paper


def _blocks(path: Path, terms: Terms, bad: list[BadRow]) -> Blocks:
    taken = [
        (code, block and _explained(block, terms), content, at)
        for code, block, content, at in _taken(path, Block, bad)
    ]
    blocks = {code: block for code, block, _, _ in taken}
    sound = dict(blocks)
    for code, block, content, at in taken:
        faults = list(_of_block(block, blocks)) if block else []
        faults += deliveries.faults(key_of(code, block), block) if block else []
        bad += [fault.bad_row(content, at) for fault in faults]
        if faults:
            sound[code] = None
    return sound


def _explained(block: Block, terms: Terms) -> Block:
    questions = explaining.explained(block.questions, terms)
    return block.model_copy(update={"questions": questions})


def _of_block(block: Block, blocks: Blocks) -> Iterator[Fault]:
    inner = [name for name in block.optional_blocks if name in blocks]
    named = [
        *strange(("optional_blocks",), block.optional_blocks, blocks, said=NO_BLOCK),
        *_nested(block, blocks),
        *rules.faults(
            block.rules,
            questions=block.questions,
            blocks={key_of(name, blocks[name]) for name in inner} if block.inline else set(),
            keys={key_of(name, each) for name, each in blocks.items()},
            at=("rules",),
        ),
    ]
    yield from named
    yield from explaining.faults(block.questions, ("questions",))
    if not named:
        schema = schemas.block_schema(block)
        yield from examples.faults(schema, schemas.block_example(block), at=("questions",))


def _nested(block: Block, blocks: Blocks) -> Iterator[Fault]:
    """Blocks that a block brings along and that bring others: a form would never be at an end."""
    for number, name in enumerate(block.optional_blocks):
        if (inner := blocks.get(name)) and inner.optional_blocks:
            said = "optional_blocks: 可选模块不能再有可选模块"
            yield Fault(f"{said} / block {name!r} has some of its own", ("optional_blocks", number))
