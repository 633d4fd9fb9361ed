"""What each way to write a number becomes in a form, or is refused for."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from pydantic_core import from_json

from backend.catalogue import forms
from backend.errors import Invalid
from tests.backend.catalogue.examples import version

# An item, and where in its form a number of this kind stands.
MONEY = ("SP-MZ-001", "income.monthly_total")
WHOLE = ("SP-MZ-001", "property.homes")
NUMBER = ("FW-TD-001", "area")
Place = tuple[str, str]
TAKEN = {
    (MONEY, "0"): "0",
    (MONEY, "-0"): "0",
    (MONEY, "-0.0"): "0",
    (MONEY, "-0e5"): "0",
    (MONEY, "800.0"): "800",
    (MONEY, "8e2"): "800",
    (MONEY, "0.3"): "0.3",
    (MONEY, "0.07"): "0.07",
    (MONEY, "1234567.89"): "1234567.89",
    (MONEY, "99999999.99"): "99999999.99",
    (MONEY, "100000000"): "100000000",
    (WHOLE, "2.0"): "2",
    (WHOLE, "2e0"): "2",
    (WHOLE, "-0.0"): "0",
    (NUMBER, "56.125"): "56.125",
    (NUMBER, "56.0"): "56",
    (NUMBER, "-0.0"): "0",
}
REFUSED = {
    (MONEY, "0.30000000000000004"): "decimals",
    (MONEY, "0.001"): "decimals",
    (MONEY, "1e-7"): "decimals",
    (MONEY, "99999999.991"): "decimals",
    (MONEY, "-0.01"): "minimum",
    (MONEY, "100000000.01"): "maximum",
    (MONEY, "1" + "0" * 400): "maximum",
    (MONEY, "1e400"): "type",
    (MONEY, '"800"'): "type",
    (MONEY, "true"): "type",
    (WHOLE, "1.5"): "type",
    (WHOLE, "1" + "0" * 400): "maximum",
    (WHOLE, "1e400"): "type",
    (WHOLE, "-1"): "minimum",
    (NUMBER, "-1e-300"): "minimum",
    (NUMBER, "1e300"): "maximum",
}


def filled(place: Place, written: str) -> Any:
    """The answer at this place as it is kept, when the example is sent with it written so."""
    item, path = place
    form = deepcopy(version(item).form["examples"][0])
    *parts, last = path.split(".")
    inner = form[parts[0]] if parts else form
    inner[last] = "HERE"
    sent = from_json(orjson.dumps(form).decode().replace('"HERE"', written))
    kept = forms.check(version(item), sent, {})
    return kept[parts[0]][last] if parts else kept[last]


@pytest.mark.parametrize(("place", "written"), TAKEN)
def test_a_number_has_one_spelling(place: Place, written: str) -> None:
    assert orjson.dumps(filled(place, written)).decode() == TAKEN[place, written]


@pytest.mark.parametrize(("place", "written"), REFUSED)
def test_what_is_no_such_number_is_refused_with_its_reason(place: Place, written: str) -> None:
    with pytest.raises(Invalid) as refused:
        filled(place, written)

    told = {fault.name: fault.code for fault in refused.value.invalid_params}
    assert told[f"form.{place[1]}"] == REFUSED[place, written]
