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
        "José Müller",
        "阿依古丽·买买提江·吐尔逊古丽·阿卜杜热合曼",
        "Jose\u0301 Garcia",
        "Nguye\u0302\u0303n Va\u0306n A",
        "王〇",
        "王\U00031350",
        "O’Brien",
        "J. Smith",
    ],
)
def test_real_names_are_taken(name: str) -> None:
    assert names.fault(names.canonical(name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "张",
        "张3",
        "张三\n",
        "·张三",
        "张三🙂",
        "张三<b>",
        "--",
        "李" * 41,
        "张\u202e三",
        "张三·",
        "张··三",
        "J.. S",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert names.fault(name)


@pytest.mark.parametrize(
    "name",
    [
        "Sаra Smith",
        "Sοfia",
        "李David",
        "王ㅤ",
        "张ᅟ三",
        "王カ",
        "Сара",
    ],
)
def test_a_name_of_letters_that_pass_for_others_is_refused_with_a_reason(name: str) -> None:
    assert names.fault(name) == "姓名请只用汉字，或只用拉丁字母填写"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  张三 ", "张三"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("ZHANG  SAN", "ZHANG SAN"),
        ("张 三", "张三"),
        ("李\n四", "李四"),
        ("张\u3000三", "张三"),
        ("买买提･吐尔逊", "买买提·吐尔逊"),
        ("ＡＢＣ ﬁona", "ABC fiona"),
        ("\uf9d1", "六"),
        ("Jose\u0301", "José"),
        ("O’Brien", "O'Brien"),
    ],
)
def test_one_spelling_is_kept(given: str, kept: str) -> None:
    assert names.canonical(given) == kept


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("name", "张三", "*三"),
        ("name", "王小四", "王*四"),
        ("name", "买买提·吐尔逊", "买*****逊"),
        ("name", "张", "*"),
        ("name", "", ""),
        ("name", "张 三", "*三"),
        ("name", "J. S", "*S"),
        ("name", "A\u3000B", "*B"),
        ("phone", "15600000077", "156******77"),
        ("phone", "+85251234567", "+85*******67"),
        ("phone", "1234567", "*******"),
        ("phone", "1", "*"),
        ("id_number", "11010519491231002X", "1****************X"),
        ("id_number", "1X", "**"),
        ("bank_account", "6222020000000001234", "***************1234"),
        ("bank_account", "1234567", "*******"),
        ("bank_account", "123", "***"),
        ("address", "沈阳市和平区南京南街1号", "沈阳市和平区****"),
        ("address", "某路1号", "某路****"),
        ("address", "和平区三好街", "和平区****"),
        ("address", "1号", "****"),
        ("address", "12 Main Street", "****"),
        ("address", "南京街５号楼三单元二十二号", "南京街****"),
        ("address", "家", "****"),
        ("a kind that nobody knows", "张三", "**"),
    ],
)
def test_a_mask_hides_what_it_says_also_of_short_values(kind: str, text: str, masked: str) -> None:
    assert masks.mask(kind, text) == masked


@pytest.mark.parametrize("kind", ["name", "phone", "id_number", "bank_account", "address"])
def test_no_mask_shows_a_value_whole_however_short(kind: str) -> None:
    whole = "某路某街某巷某弄某里一二三四五六七八九"

    for length in range(1, len(whole)):
        text = whole[:length]
        shown = masks.mask(kind, text).replace("*", "")
        assert len(shown) < length, text
        assert kind == "name" or len(shown) <= length // 2, text
