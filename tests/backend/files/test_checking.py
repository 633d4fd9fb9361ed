"""A file store that cannot be used is named before anybody uploads."""

import asyncio
from pathlib import Path

import pytest
from obstore.exceptions import GenericError

from backend.consistency import stored
from backend.files import checking, faults
from config.errors import StartError
from tests import stage
from tests.backend.files.bucket import OWNER, Bucket, Fault, refusing, silent
from tests.backend.files.conftest import forget
from tests.cities import small
from tests.launcher.launch import environment, yikou
from tests.stage import free_port


async def said() -> str:
    with pytest.raises(StartError) as refused:
        await checking.check()
    return str(refused.value)


async def test_a_store_that_works_passes(bucket: Bucket) -> None:
    await checking.check()

    assert bucket.proxy.asked == ["GET"]


async def test_a_bucket_that_is_not_there_is_named(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIKOU_FILES_URL", "s3://paperz/yikou")
    forget()

    assert await said() == (
        "YIKOU_FILES_URL 文件存储无法使用 / cannot be used:"
        " s3://paperz/yikou: 没有这个存储桶 / there is no such bucket."
    )


async def test_credentials_that_the_store_does_not_know_are_named(bucket: Bucket) -> None:
    async def demand(count: str) -> None:
        # How many more requests the server takes without asking who it is.
        url = f"{bucket.server}/moto-api/reset-auth"
        async with bucket.http.post(url, data=count, headers=OWNER) as done:
            assert done.status == 200

    await demand("0")
    try:
        assert "the access key is unknown" in await said()
    finally:
        await demand("inf")


async def test_an_endpoint_where_nothing_answers_is_named(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    forget()

    assert "nothing answers at AWS_ENDPOINT" in await said()


async def test_an_audit_of_files_says_that_the_store_is_away(
    bucket: Bucket, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    forget()

    async with stage.owner() as connection:
        # The first asks the database alone.
        for check in stored.CHECKS[1:]:
            with pytest.raises(StartError, match="nothing answers at AWS_ENDPOINT"):
                await check.find(connection)


def test_without_credentials_the_settings_for_them_are_named() -> None:
    # What the library says where no machine of a cloud has any; asking for them leaves this one.
    said = "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 8ms"

    assert faults.reason(GenericError(said)) == "no credentials"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (refusing(403, "SignatureDoesNotMatch"), "the secret key is wrong"),
        (refusing(403, "AccessDenied"), "may not list the bucket"),
        (refusing(404, ""), "no such store"),
        (refusing(503, "SlowDown"), "SlowDown"),
        (silent, "does not answer"),
    ],
    ids=["signature", "rights", "not a store", "busy", "silent"],
)
async def test_what_the_store_says_is_passed_on(
    fault: Fault, sentence: str, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.proxy.fault = fault
    if fault is silent:
        monkeypatch.setattr(checking, "PATIENCE", 0.3)

    assert sentence in await said()


@pytest.mark.parametrize("command", ["check", "web"])
async def test_the_operator_reads_one_sentence(
    command: str, bucket: Bucket, tmp_path: Path
) -> None:
    nowhere = "postgres://yikou@127.0.0.1:1/yikou"
    city = small(tmp_path / "city")
    environ = environment(
        tmp_path / "var", files_url="s3://paperz", database_url=nowhere, data_dir=str(city)
    )

    ended = await asyncio.to_thread(yikou, command, environ)

    assert ended.returncode == 1
    assert ended.stderr == (
        "yikou: YIKOU_FILES_URL 文件存储无法使用 / cannot be used:"
        " s3://paperz: 没有这个存储桶 / there is no such bucket.\n"
    )
    assert bucket.proxy.asked
