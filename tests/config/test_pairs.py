"""Settings that do not fit together: one sentence for each pair, and none for those that do."""

from pathlib import Path

import pytest

from config import pairs, remarks
from config.published import SANDBOX_IDENTITY_TOKEN
from config.settings import Settings
from tests.config.reading import read

APP, OWNER = "postgres://app:b@pool:6432/yikou", "postgres://owner:a@db:5432/yikou"


# In development the sandbox fills in what is not set, all of it fitting.
FINE = read({"ENV": "development"}).model_copy(
    update={
        "port": 8000,
        "sandbox_port": 8100,
        "worker_metrics_port": 0,
        "database_url": APP,
        "database_owner_url": OWNER,
        "var_dir": Path("/srv/yikou/var"),
        "backup_dir": "/srv/backups",
        "identity_url": "https://identity.example.gov.cn",
        "identity_token": "Zk4vQ9rT2nXw7LmB",
        "second_factor": "off",
    }
)
OWN_APP = "wx1234567890abcdef"


def but(given: Settings, **changes: object) -> Settings:
    return given.model_copy(update=changes)


def told(given: Settings) -> list[str]:
    """Which settings are named, a line for each sentence."""
    sentences = list(pairs.clashes(given))
    assert all(" / " in each and each.endswith(".") for each in sentences)
    return [each.split(" ")[0].replace("YIKOU_", "") for each in sentences]


@pytest.mark.parametrize(
    "given",
    [
        FINE,
        but(FINE, worker_metrics_port=9000),
        # Ports that nobody opens may be alike.
        but(FINE, sandbox_port=8000, wechat_appid=OWN_APP),
        but(FINE, port=0x1F40, worker_metrics_port=0),
        but(FINE, database_owner_url="", database_url=""),
        but(FINE, database_owner_url=""),
        but(FINE, database_owner_url="postgres://owner@/yikou?host=%2Frun"),
        but(FINE, database_owner_url="postgres://owner:a@db/%79ikou"),
        but(FINE, database_url=APP + "/", database_owner_url=OWNER),
        but(FINE, backup_dir=""),
        but(FINE, backup_dir="/srv/yikou"),
        but(FINE, backup_dir="/srv/yikou/var2"),
        but(FINE, backup_dir="/srv/yikou/var/../backups"),
        but(FINE, identity_url="", identity_token=""),
    ],
)
def test_what_fits_together_is_not_told(given: Settings) -> None:
    assert told(given) == []


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (but(FINE, sandbox_port=8000), ["PORT、SANDBOX_PORT"]),
        (but(FINE, worker_metrics_port=8000), ["PORT、WORKER_METRICS_PORT"]),
        (but(FINE, worker_metrics_port=8100), ["SANDBOX_PORT、WORKER_METRICS_PORT"]),
        (
            but(FINE, worker_metrics_port=8000, sandbox_port=8000),
            [
                "PORT、SANDBOX_PORT",
                "PORT、WORKER_METRICS_PORT",
                "SANDBOX_PORT、WORKER_METRICS_PORT",
            ],
        ),
        (but(FINE, database_url=""), ["DATABASE_OWNER_URL"]),
        (but(FINE, database_url=APP.replace("/yikou", "/other")), ["DATABASE_OWNER_URL"]),
        (but(FINE, database_url=OWNER), ["DATABASE_OWNER_URL"]),
        (
            but(FINE, database_url=OWNER.replace("/yikou", "/other")),
            ["DATABASE_OWNER_URL", "DATABASE_OWNER_URL"],
        ),
        (but(FINE, backup_dir="/srv/yikou/var"), ["BACKUP_DIR"]),
        (but(FINE, backup_dir="/srv/yikou/var/backups"), ["BACKUP_DIR"]),
        (but(FINE, backup_dir="/srv/x/../yikou/var/backups"), ["BACKUP_DIR"]),
        (but(FINE, identity_url=""), ["IDENTITY_URL、YIKOU_IDENTITY_TOKEN".replace("YIKOU_", "")]),
        (but(FINE, identity_token=""), ["IDENTITY_URL、IDENTITY_TOKEN"]),
    ],
)
def test_each_pair_that_does_not_fit_is_one_sentence(given: Settings, names: list[str]) -> None:
    assert told(given) == names


def test_all_that_does_not_fit_is_told_at_once_and_the_port_is_named() -> None:
    given = but(FINE, sandbox_port=8000, identity_token="", backup_dir="/srv/yikou/var")

    sentences = list(pairs.clashes(given))

    assert sentences[0] == "YIKOU_PORT、YIKOU_SANDBOX_PORT 端口重复 / are both 8000."
    assert len(sentences) == 3


def test_two_databases_are_both_named_and_no_password_is() -> None:
    given = but(FINE, database_url=APP.replace("/yikou", "/other"))

    [sentence] = pairs.clashes(given)

    assert "一个是 yikou、另一个是 other" in sentence
    assert "owner:a" not in sentence


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        (FINE, []),
        (but(FINE, identity_url=""), ["YIKOU_IDENTITY_URL 未设置，"]),
        (
            but(FINE, identity_token=SANDBOX_IDENTITY_TOKEN),
            ["身份核验由沙箱 https://identity.example.gov.cn"],
        ),
        (
            but(FINE, identity_url="", identity_token=SANDBOX_IDENTITY_TOKEN),
            ["YIKOU_IDENTITY_URL 未设置，"],
        ),
        (but(FINE, env="production"), ["YIKOU_SECOND_FACTOR 为 off，"]),
        (
            but(FINE, env="production", second_factor="optional"),
            ["YIKOU_SECOND_FACTOR 为 optional"],
        ),
        (but(FINE, env="production", second_factor="required"), []),
        (
            but(FINE, env="production", identity_url=""),
            ["YIKOU_IDENTITY_URL 未设置，", "YIKOU_SECOND_FACTOR 为 off，"],
        ),
    ],
)
def test_what_is_no_fault_but_worth_knowing_is_noted(given: Settings, notes: list[str]) -> None:
    said = list(remarks.remarks(given))

    assert len(said) == len(notes)
    for sentence, begins in zip(said, notes, strict=True):
        assert sentence.startswith(begins)
        assert " / " in sentence
