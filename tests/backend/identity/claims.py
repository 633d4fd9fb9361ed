"""Somebody says who they are."""

from collections.abc import Coroutine
from typing import Any

import pytest

from backend import real_names
from backend.errors import ServiceError
from config import clock
from models import Resident
from tests.backend.identity.factories import ID_NUMBER

WANG = "王秀英"


def claim(
    resident: Resident, name: str = WANG, number: str = ID_NUMBER
) -> Coroutine[Any, Any, None]:
    return real_names.confirm(resident.id, name=name, id_number=number, now=clock.now())


async def refusal(work: Coroutine[Any, Any, None]) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        await work
    return refused.value


def told(error: ServiceError) -> tuple[object, ...]:
    return (error.kind, error.code, error.title, error.detail, error.invalid_params)
