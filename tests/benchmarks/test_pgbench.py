import re
import time

from benchmarks.pgbench import Script, script
from benchmarks.statements import Statement
from models import uuid7

PERSON = "100000000007"
RESIDENT = f"00000000-0000-7000-8000-{PERSON}"
SQL = "INSERT INTO message\nSELECT $1, $2::text::jsonb, $3, $4, $1"
EXPRESSION = re.compile(r"\((?::\w+::text(?: \|\| )?)+\)::\w+|(?<!:):\w+::\w+|NULL::\w+")


def body(made: Script) -> str:
    """The statements without pgbench's own commands."""
    return "".join(line for line in made.text.splitlines(keepends=True) if line[0] != "\\")


def written(made: Script, expression: str, **variables: str) -> str:
    """What pgbench sends for an expression."""
    values = made.variables | variables
    return "".join(values[name] for name in re.findall(r"(?<!:):(\w+)", expression))


def test_the_script_is_the_endpoints_statement_but_for_its_values() -> None:
    statement = Statement(SQL, (RESIDENT, "{}", None, "5"), ("uuid", "text", "date", "int4"))

    made = script([statement], {PERSON: "person"}, since_ms=1)

    places = iter(["$1", "$2", "$3", "$4", "$1"])
    assert EXPRESSION.sub(lambda _: next(places), body(made)) == f"{SQL};\n"


def test_what_varies_becomes_a_variable_and_the_rest_a_constant() -> None:
    began = time.time_ns() // 1_000_000
    own = str(uuid7())
    payload = f'{{"id": "{own}", "resident": "{RESIDENT}", "at": "09:30"}}'

    made = script(
        [Statement("SELECT $1", (payload,), ("text",))], {PERSON: "person"}, since_ms=began
    )

    expression = body(made).removeprefix("SELECT ").removesuffix(";\n")
    sent = written(made, expression, person="100000000099", fresh="123456789012")
    assert sent == payload.replace(PERSON, "100000000099").replace(own[-12:], "123456789012")


def test_ids_made_before_the_request_stay() -> None:
    version = str(uuid7())
    later = time.time_ns() // 1_000_000 + 60_000

    made = script([Statement("SELECT $1", (version,), ("uuid",))], {}, since_ms=later)

    assert body(made) == "SELECT :v0::uuid;\n"
    assert made.variables == {"v0": version}
