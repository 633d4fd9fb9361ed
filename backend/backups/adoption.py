"""Making a copied cluster one that `yikou run` takes, whatever server it was copied from."""

from pathlib import Path

from config.embedded import postgres

# As initdb makes them for us: whoever may enter the folder of the socket is let in. What another
# server had there (addresses, passwords, libraries) may not exist here, or it kept them elsewhere.
FILES = {
    "pg_hba.conf": "local all,replication all trust\n",
    "pg_ident.conf": "",
    "postgresql.conf": "",
    "postgresql.auto.conf": "",
}


def settle(data: Path) -> None:
    """Put our settings in the place of the other server's; before the first start."""
    for name, content in FILES.items():
        (data / name).write_text(content, encoding="utf-8")


def rename(server: postgres.Postgres, *, owner: str, name: str) -> None:
    """Let the database `name`, which `owner` held, be found as ours; the server is stopped.

    Raises StartError.
    """
    if name != postgres.NAME:
        server.alone(f"ALTER DATABASE {_quoted(name)} RENAME TO {postgres.NAME};")
    if owner != postgres.OWNER:
        server.alone(f"CREATE ROLE {postgres.OWNER};")
        # It may have been there, and nobody of weight.
        server.alone(f"ALTER ROLE {postgres.OWNER} SUPERUSER LOGIN;")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
