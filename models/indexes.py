"""An operation that makes an index while its table is written."""

from tortoise.migrations.operations import AddIndex
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


class AddIndexConcurrently(AddIndex):
    """Makes one of a model's `indexes`, as `AddIndex` does, and nobody who writes waits for it.

    For migrations with `atomic = False`. What an earlier try left unfinished is made anew.
    """

    async def database_forward(
        self,
        app_label: str,
        old_state: State,  # noqa: ARG002 - Tortoise gives it
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Make it."""
        if state_editor is None:
            return
        model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
        name = state_editor._index_name_for_model(model, self.index)  # noqa: SLF001 - Tortoise's own
        made = state_editor._get_index_sql(  # noqa: SLF001
            model, list(self.index.field_names), index_name=name, index_type=self.index.INDEX_TYPE
        )
        await state_editor._run_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')  # noqa: SLF001
        await state_editor._run_sql(made.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))  # noqa: SLF001
