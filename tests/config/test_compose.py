"""compose.yaml starts what docs/deployment.md says: settings, passwords, ports, volumes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.setting_faults import PREFIX
from config.settings import Settings

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker", "backup")
SERVERS = ("postgres", "redis")
# What a container decides, and not the city's .env: addresses and places inside of it.
INSIDE = {
    "YIKOU_HOST",
    "YIKOU_PORT",
    "YIKOU_VAR_DIR",
    "YIKOU_DATABASE_URL",
    "YIKOU_DATABASE_OWNER_URL",
    "YIKOU_REDIS_URL",
    "YIKOU_WECHAT_TEMPLATES_FILE",
    "YIKOU_DATA_DIR",
    "YIKOU_BACKUP_DIR",
    "YIKOU_WORKER_METRICS_PORT",
}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose: Any) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def test_these_services_are_all(services: dict[str, Any]) -> None:
    assert set(services) == {*OURS, *SERVERS}


def test_whatever_is_interpolated_stands_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))

    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert used == {name for name in used if re.search(rf"^{name}=", text, re.MULTILINE)}


def test_all_of_the_citys_settings_reach_our_containers(
    services: dict[str, Any], example: dict[str, str]
) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in OURS:
        service = services[name]
        assert service["env_file"] == ".env"
        given = set(service["environment"]) - {"POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD"}
        assert given <= known & INSIDE | {"YIKOU_DRAIN_SECONDS"}, name
        assert known - given <= set(example), name


def test_no_password_has_a_default(example: dict[str, str]) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")

    assert "PASSWORD:-" not in text
    for name in ("POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD"):
        assert example[name] == ""
        assert f"${{{name}:?" in text


def test_only_the_web_server_is_published_and_to_this_machine_only(
    services: dict[str, Any],
) -> None:
    published = {name: each["ports"] for name, each in services.items() if "ports" in each}

    assert published == {"web": ["127.0.0.1:${YIKOU_PORT:-8000}:8000"]}


def test_what_serves_is_not_given_the_owners_password(services: dict[str, Any]) -> None:
    for name in OURS:
        environment = services[name]["environment"]
        assert "yikou_app:" in environment["YIKOU_DATABASE_URL"], name
        assert environment["POSTGRES_PASSWORD"] == "", name
        assert environment["POSTGRES_APP_PASSWORD"] == "", name
        owner = environment.get("YIKOU_DATABASE_OWNER_URL", "")
        assert bool(owner) == (name in {"migrate", "backup"}), name


def test_what_must_not_be_lost_lies_in_volumes(compose: Any, services: dict[str, Any]) -> None:
    assert set(compose["volumes"]) == {"database", "redis", "files", "backups"}
    assert "database:/var/lib/postgresql" in services["postgres"]["volumes"]
    assert "redis:/data" in services["redis"]["volumes"]
    for name in OURS:
        volumes = services[name]["volumes"]
        assert f"files:{services[name]['environment']['YIKOU_VAR_DIR']}" in volumes
        mounted = {volume.rpartition("}:")[2].removesuffix(":ro") for volume in volumes}
        assert services[name]["environment"]["YIKOU_DATA_DIR"] in mounted
        assert services[name]["environment"]["YIKOU_WECHAT_TEMPLATES_FILE"] in mounted
    assert "${YIKOU_BACKUP_DIR:-backups}:/backup" in services["backup"]["volumes"]
    assert services["backup"]["environment"]["YIKOU_BACKUP_DIR"] == "/backup"


def test_each_service_says_how_it_is_and_has_time_to_end(services: dict[str, Any]) -> None:
    for name, service in services.items():
        check = service.get("healthcheck", {})
        # The image's own asks the web server.
        assert name == "web" or "test" in check or check == {"disable": True}, name
    drain = int(services["web"]["environment"]["YIKOU_DRAIN_SECONDS"])
    assert seconds(services["web"]["stop_grace_period"]) > drain + 15
    assert seconds(services["worker"]["stop_grace_period"]) >= 30
    assert seconds(services["postgres"]["stop_grace_period"]) >= 60


def test_nothing_serves_before_the_tables_are_made(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "backup"):
        depends = services[name]["depends_on"]
        assert depends["migrate"] == {"condition": "service_completed_successfully"}
    for name in SERVERS:
        assert services["migrate"]["depends_on"][name] == {"condition": "service_healthy"}
    assert {name: services[name]["restart"] for name in services} == {
        **dict.fromkeys(services, "unless-stopped"),
        "migrate": "no",
    }


def test_our_containers_can_change_only_their_volumes(services: dict[str, Any]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["tmpfs"] == ["/tmp"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        for volume in service["volumes"]:
            written = volume.endswith((":/var/lib/yikou", ":/backup"))
            assert written or volume.endswith(":ro"), volume


def test_the_backup_may_follow_the_database(compose: Any, services: dict[str, Any]) -> None:
    mounted = services["postgres"]["configs"]
    assert mounted == [
        {"source": "replication", "target": "/docker-entrypoint-initdb.d/replication.sh"}
    ]
    assert "host replication yikou" in compose["configs"]["replication"]["content"]


def test_the_image_is_built_of_every_package_that_serves() -> None:
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert set(copied) == packages - {"sandbox", "tests", "benchmarks"}
    assert {f"!{name}" for name in copied} <= set(ignored)


def seconds(text: str) -> int:
    """What a duration such as 30s says."""
    found = re.fullmatch(r"(\d+)(s|m)", text)
    assert found, text
    return int(found[1]) * {"s": 1, "m": 60}[found[2]]
