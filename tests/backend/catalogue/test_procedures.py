"""What stops an item's clock, and what must be there before it is decided, told apart at load."""

from collections import Counter
from pathlib import Path

import pytest

from tests.backend.catalogue.examples import items
from tests.backend.catalogue.test_every_fault import built_in, city, told

PAUSE = (
    "pauses:\n  - {kind: appraisal, name: 残疾评定, basis: 参照行政许可法第四十五条, max_days: 15}"
)


def test_what_the_law_does_not_name_stops_no_clock() -> None:
    pauses = [pause for item in items().values() for pause in item.fields["guide"]["pauses"]]

    assert {pause["kind"] for pause in pauses} == {"testing", "appraisal"}
    assert all(not pause["counts"] and pause["basis"] and pause["max_days"] for pause in pauses)
    said = "".join(pause["name"] for pause in pauses)
    assert not [word for word in ("公示", "入户", "核对", "核查") if word in said]


def test_an_allowance_for_the_poor_is_compared_visited_and_made_public() -> None:
    guide = items()["SP-MZ-001"].fields["guide"]

    assert guide["pauses"] == []
    assert guide["requires"] == [
        {"kind": "review", "name": "家庭经济状况核对", "days": None},
        {"kind": "visit", "name": "入户调查", "days": None},
        {"kind": "publicity", "name": "公示", "days": 7},
    ]


def test_thirty_items_are_made_public_for_some_days() -> None:
    required = [one for item in items().values() for one in item.fields["guide"]["requires"]]

    assert Counter(one["kind"] for one in required)["publicity"] == 30
    assert all((one["days"] is not None) == (one["kind"] == "publicity") for one in required)


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        (PAUSE, "special_procedures: [残疾评定]", "special_procedures: 不认识的字段"),
        (PAUSE, PAUSE.replace("appraisal", "rest"), "pauses.0.kind: 不在可选范围内"),
        (PAUSE, PAUSE.replace("残疾评定", "公示"),
         "pauses: “公示”不停止计时，应写在 requires（行政许可法第四十五条）"),
        (PAUSE, PAUSE.replace("残疾评定", "入户调查"),
         "pauses: “入户调查”不停止计时，应写在 requires（行政许可法第四十五条）"),
        (PAUSE, PAUSE.replace(", max_days: 15", ""), "pauses.0.max_days: 必填"),
        (PAUSE, PAUSE.replace("basis: 参照行政许可法第四十五条, ", ""), "pauses.0.basis: 必填"),
        ("- {kind: publicity, days: 5}", "- {kind: publicity}",
         "requires.0: 公示须写明天数"),
        ("- {kind: publicity, days: 5}", "- {kind: visit, days: 5}",
         "requires.0: 只有公示可写天数"),
        ("- {kind: publicity, days: 5}", "- {kind: review, name: 专家评审}",
         "requires: “专家评审”停止计时，应写在 pauses（行政许可法第四十五条）"),
        ("- {kind: publicity, days: 5}",
         "- {kind: publicity, days: 5}\n  - {kind: publicity, days: 7}",
         "requires: 公示写了两次"),
        ("case_type: 承诺件", "case_type: 即办件",
         "pauses: 即办件当场办结，不能有停止计时的程序"),
        ("case_type: 承诺件", "case_type: 即办件",
         "requires: 即办件当场办结，不能有公示或现场核查"),
    ],
)  # fmt: skip
def test_a_procedure_in_the_wrong_place_is_refused(
    tmp_path: Path, text: str, replacement: str, reason: str
) -> None:
    before = built_in("items/CL.yaml")
    assert text in before

    found = told(city(tmp_path, CL=before.replace(text, replacement, 1)))

    assert any(said.startswith(reason) for _, _, said in found), found


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        (PAUSE, "pauses:\n  - {kind: publicity, days: 7}",
         "pauses.0: publicity 不停止计时，应写在 requires（行政许可法第四十五条）"),
        ("- {kind: publicity, days: 5}",
         "- {kind: hearing, name: 听证, basis: 行政许可法第四十五条, max_days: 20}",
         "requires.0: hearing 停止计时，应写在 pauses（行政许可法第四十五条）"),
    ],
)  # fmt: skip
def test_a_kind_of_the_other_list_is_one_fault(
    tmp_path: Path, text: str, replacement: str, reason: str
) -> None:
    before = built_in("items/CL.yaml")
    assert text in before

    found = told(city(tmp_path, CL=before.replace(text, replacement, 1)))

    assert [said for _, _, said in found] == [reason]
