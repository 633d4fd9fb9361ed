import pytest

from backend.identity import masks, names


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "欧阳修远",
        "买买提·吐尔逊",
        "𠮷田",
        "㐂龍",
        "ZHANG SAN",
        "O'Neil-Smith Jr.",
        "李" * 40,
    ],
)
def test_real_names_are_taken(name: str) -> None:
    assert names.fault(names.canonical(name)) is None


@pytest.mark.parametrize(
    "name", ["", "张", "张3", "张三\n", "·张三", "张三🙂", "张三<b>", "--", "李" * 41, "张\u202e三"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert names.fault(name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("  张三 ", "张三"), ("买买提•吐尔逊", "买买提·吐尔逊"), ("ZHANG  SAN", "ZHANG SAN")],
)
def test_one_spelling_is_kept(given: str, kept: str) -> None:
    assert names.canonical(given) == kept


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "*三"), ("王小四", "王*四"), ("买买提·吐尔逊", "买*****逊"), ("张", "*"), ("", "")],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert masks.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("15600000077", "156******77"), ("+85251234567", "+85*******67"), ("12345", "*****")],
)
def test_a_phone_number_is_masked(phone: str, masked: str) -> None:
    assert masks.mask_phone(phone) == masked


def test_an_id_number_is_masked() -> None:
    assert masks.mask_id_number("11010519491231002X") == "1****************X"
