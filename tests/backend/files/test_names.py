import pytest

from backend.files import names


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("身份证.jpg", "身份证.jpg"),
        ("IMG_001.JPEG", "IMG_001.jpg"),
        ("/home/me/身份证.jpg", "身份证.jpg"),
        ("C:\\me\\身份证.jpg", "身份证.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("evil.exe", "evil.exe.jpg"),
        ("\u202egpj.exe", "gpj.exe.jpg"),
        ("a\r\nSet-Cookie: b.jpg", "aSet-Cookie: b.jpg"),
        ("", "文件.jpg"),
        (".jpg", "jpg.jpg"),
        ("...", "文件.jpg"),
        ("a/", "文件.jpg"),
        ("李" * 300 + ".jpg", "李" * 100 + ".jpg"),
        ("a\ud800b", "ab.jpg"),
        ("\u3164.jpg", "文件.jpg"),
        ("\u2800 \u115f", "文件.jpg"),
        ("\u0301.jpg", "文件.jpg"),
        ("\u3164" * 100 + "a.jpg", "文件.jpg"),
        ("\u3164身份证.jpg", "\u3164身份证.jpg"),
    ],
)
def test_a_name_is_made_harmless(given: str, shown: str) -> None:
    assert names.shown(given, "image/jpeg") == shown


def test_the_ending_is_that_of_the_content() -> None:
    assert names.shown("户口本.png", "application/pdf") == "户口本.png.pdf"
