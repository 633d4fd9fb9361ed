"""Where the servers are: which URLs are taken, and which fit together."""

import pytest

from tests.config.reading import faults, read

OWNER, APP = "postgres://owner:a@db:5432/yikou", "postgres://yikou_app:b@pool:6432/yikou"


def test_the_owner_may_go_another_way_to_the_same_database() -> None:
    assert read({"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER}).database_owner_url == OWNER


@pytest.mark.parametrize(
    ("owner", "application", "said"),
    [
        (OWNER.replace("/yikou", "/other"), APP, "the same database"),
        (OWNER.replace("owner:a", "yikou_app:a"), APP, "not the role of YIKOU_DATABASE_URL"),
        (APP, APP, "not the role of YIKOU_DATABASE_URL"),
        (OWNER, "", "needs YIKOU_DATABASE_URL"),
    ],
)
def test_the_owner_is_another_role_of_the_same_database(
    owner: str, application: str, said: str
) -> None:
    [told] = faults({"DATABASE_URL": application, "DATABASE_OWNER_URL": owner})
    assert said in told


@pytest.mark.parametrize(
    "url",
    [
        "redis://host:6379/0",
        "rediss://user:word@host/0",
        "redis://host",
        "redis://host:6379/",
        "redis://:word@[::1]:6379/15",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_every_way_to_redis_is_taken(url: str) -> None:
    assert read({"REDIS_URL": url}).redis_url == url
