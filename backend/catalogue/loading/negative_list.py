"""Proofs that no residents' committee may issue, and papers that ask for one all the same."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field

from backend.catalogue.conditions import folded
from backend.catalogue.loading.fault import Fault
from backend.catalogue.loading.rows import Material
from config.sources import Row
from config.texts import ONE_LINE, UNLIKE

# Who issues nothing of its own, or is not said: a committee would be asked in the end.
_NOBODY = re.compile("社区|居委会|居民委员会|村委会|村民委员会|有关单位|申请人")
_LAW = "民发〔2020〕20号"


class Proof(Row):
    """One proof, told by any of its words; `never`: no authority is to be asked for it either."""

    words: Annotated[
        list[Annotated[str, Field(min_length=2, max_length=20), ONE_LINE]],
        Field(min_length=1),
        UNLIKE,
    ]
    never: bool = False

    @cached_property
    def told_by(self) -> list[str]:
        """The words as they are compared: each paper's name is, with all of them."""
        return [folded(word) for word in self.words]


def faults(paper: Material, proofs: Mapping[str, Proof]) -> Iterator[Fault]:
    """Why the paper may not be asked for."""
    asked = folded(paper.name)
    for name, proof in proofs.items():
        if not any(word in asked for word in proof.told_by):
            continue
        if proof.never:
            said = f"name: 不得要求提供“{name}”（{_LAW}） / no item may ask for this proof"
            yield Fault(said, ("name",))
        elif _NOBODY.search(paper.source):
            said = f"source: “{name}”不得由社区出具，须写明出具的机关（{_LAW}）"
            yield Fault(f"{said} / name the authority that issues it", ("source",))
