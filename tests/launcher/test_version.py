from config.release import RELEASE
from tests.launcher.launch import run_yikou


def test_the_release_is_told() -> None:
    told = run_yikou(["--version"], {})
    assert (told.returncode, told.stdout) == (0, f"yikou {RELEASE}\n")
