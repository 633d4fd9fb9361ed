"""What the tables are like between two operations of a migration."""

from collections.abc import Iterable, Mapping

from tortoise.fields.relational import ForeignKeyFieldInstance, ManyToManyFieldInstance
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model

Name = tuple[str, str]
Models = dict[Name, ModelState]


class LazyState(State):
    """Has no classes of its own: they follow from `models` whenever one is asked for."""

    def __init__(self, models: Models, connections: Mapping[str, str]) -> None:
        super().__init__(models, _LazyApps(models, connections))
        self._connections = connections

    def clone(self) -> "LazyState":
        """The same for itself."""
        models = {name: model.clone() for name, model in self.models.items()}
        return LazyState(models, self._connections)

    def reload_model(self, app_label: str, model_name: str) -> None:
        """Nothing to do."""

    def reload_models(self, model_tuples: Iterable[Name]) -> None:
        """Nothing to do."""

    def validate_relations_initialized(self) -> None:
        """Raise LookupError unless every model that another refers to is there."""
        for name in self.models:
            _with_what_it_refers_to(name, self.models)


class _LazyApps(StateApps):
    def __init__(self, models: Models, connections: Mapping[str, str]) -> None:
        super().__init__(dict(connections))
        self._models = models

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Model]:
        """Its class, and those that it refers to, built anew each time."""
        name = (app_label, model_name) if model_name else self.split_reference(app_label)
        # Built into classes, fields belong to them: the state's own stay as they are.
        states = {
            each: self._models[each].clone() for each in _with_what_it_refers_to(name, self._models)
        }
        built = StateApps(self._default_connections, self._connections).clone(states)
        return built.get_model(*name)


def _with_what_it_refers_to(name: Name, models: Models) -> set[Name]:
    found, wanted = set[Name](), [name]
    while wanted:
        if (each := wanted.pop()) in found:
            continue
        if each not in models:
            raise LookupError(".".join(each))
        found.add(each)
        for field in models[each].fields.values():
            if isinstance(field, ForeignKeyFieldInstance | ManyToManyFieldInstance):
                app, _, model = str(field.model_name).partition(".")
                wanted.append((app, model))
    return found
