"""One operation of a migration that makes many tables."""

from tortoise.migrations.operations import CreateModel, TortoiseOperation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import ModelState, State


class CreateModels(TortoiseOperation):
    """Makes all these tables, in this order.

    Tortoise builds the classes of all tables anew, twice for each operation: as thirty operations
    the first tables took two seconds.
    """

    def __init__(self, *created: CreateModel) -> None:
        self.created = created

    def describe(self) -> str:
        """What Tortoise tells of it."""
        return "; ".join(each.describe() for each in self.created)

    def state_forward(self, app_label: str, state: State) -> None:
        """Let the state have all of them before their relations are followed."""
        made = {
            (app_label, each.name): ModelState.make_from_model(app_label, each.model)
            for each in self.created
        }
        state.models |= made
        state.reload_models(made)

    async def database_forward(
        self,
        app_label: str,
        old_state: State,
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Make them."""
        for each in self.created:
            await each.database_forward(app_label, old_state, new_state, state_editor)
