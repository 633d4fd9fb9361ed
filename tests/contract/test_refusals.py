"""A route declares exactly what it may refuse, beyond what follows from its kind.

That what is declared is also answered so, `answers` compares with each answer of all tests.
"""

from collections.abc import Callable
from typing import Any

import pytest

from backend.http import receiving
from backend.http.openapi.refusals import usual
from backend.http.spec import Spec
from tests.contract import raised
from tests.contract.declared import specs


def codes(refusals: Any) -> set[str]:
    return {refusal.code for refusal in refusals}


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_a_route_declares_what_it_may_refuse_and_nothing_else(spec: Spec) -> None:
    read: list[Callable[..., Any]] = [spec.handler]
    read += [spec.again] if spec.again else []
    read += [receiving.upload] if spec.multipart else []
    may_refuse = raised.NONE.union(*map(raised.by, read))

    assert codes(spec.errors) == codes(may_refuse - {*usual(spec)})
