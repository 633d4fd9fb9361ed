"""Applying migrations one after the other, so that whoever is served meanwhile hardly waits."""

import asyncio
from collections.abc import Callable

import asyncpg
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.migration import Migration
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_generator.state import State
from tortoise.transactions import in_transaction

from config.patience import UPKEEP
from config.states import LazyState

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Between two tries for a lock: whoever waits behind us goes on meanwhile."""

_UNHURRIED = f"SET lock_timeout = '{UPKEEP.lock:g}s'"
_HURRIED = "RESET lock_timeout"


class Executor(MigrationExecutor):
    """Tortoise's own, which goes on where another try ended.

    Its states build of the tables' classes what is asked for: Tortoise builds all of them anew
    twice for each operation, which was nine tenths of the work. And it notes a migration in the
    transaction of the migration: Tortoise does so afterwards, and whoever was killed in between
    could never migrate again.
    """

    async def advance(
        self, upto: str | None = None, *, applied: Callable[[str], object] = print
    ) -> None:
        """Apply what is missing, or what is missing until `upto`, telling `applied` the names.

        Raises asyncpg.LockNotAvailableError for a table that somebody goes on holding.
        """
        await self.loader.build_graph()
        await self.recorder.ensure_schema(self._schema_editor(atomic=False))
        done = set(await self.recorder.applied_migrations())
        targets = [MigrationTarget("models", upto)] if upto else None
        state = await self._project_state(done)
        for step in self._migration_plan(targets, done, self.loader.graph):
            state = await self._patiently(step.migration, state)
            applied(step.migration.name)

    async def _patiently(self, migration: Migration, state: State) -> State:
        """What the tables are like after the migration; each try begins with those before it."""
        for pause in PAUSES_SECONDS:
            try:
                return await self._apply(migration, state.clone())
            except asyncpg.LockNotAvailableError:
                await asyncio.sleep(pause)
        return await self._apply(migration, state.clone())

    async def _apply(self, migration: Migration, state: State) -> State:
        if not migration.atomic:
            return await self._apply_in_parts(migration, state)
        editor = self._schema_editor()
        async with in_transaction(self.connection.connection_name) as within:
            editor.client = within
            await migration.apply(state, schema_editor=editor)
            await MigrationRecorder(within).record_applied(migration.app_label, migration.name)
        return state

    async def _apply_in_parts(self, migration: Migration, state: State) -> State:
        """Nobody waits behind what such a migration waits for: whoever was there before, to end."""
        await self.connection.execute_query(_UNHURRIED)
        try:
            await migration.apply(state, schema_editor=self._schema_editor(atomic=False))
        finally:
            await self.connection.execute_query(_HURRIED)
        await self.recorder.record_applied(migration.app_label, migration.name)
        return state

    async def _project_state(
        self, applied: set[MigrationKey], *, upto: MigrationKey | None = None
    ) -> State:
        state = LazyState({}, dict.fromkeys(self.loader.apps_config, "default"))
        for key in self._full_plan():
            if key == upto:
                break
            migration = self.loader.graph.nodes[key]
            if key in applied and isinstance(migration, Migration):
                await migration.apply(state, dry_run=True, schema_editor=None)
        return state
