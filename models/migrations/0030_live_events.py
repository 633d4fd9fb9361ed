"""Events that staff hear of while they listen, written by triggers on tasks and messages."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# With the owner's right: the release before, which writes tasks and messages too, has none here.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    {body}
    RETURN NULL;
END $$
"""
# Of a task that goes to another unit both hear.
_OF_TASK = """
    INSERT INTO staff_event (kind, unit_id, case_id, task_id)
    VALUES ('task', NEW.unit_id, NEW.case_id, NEW.id);
    IF TG_OP = 'UPDATE' AND OLD.unit_id <> NEW.unit_id THEN
        INSERT INTO staff_event (kind, unit_id, case_id, task_id)
        VALUES ('task', OLD.unit_id, NEW.case_id, NEW.id);
    END IF;
"""
_OF_MESSAGE = """
    INSERT INTO staff_event (kind, unit_id, role, staff_id, by_staff_id, case_id, message_id)
    VALUES ('message', NEW.unit_id, NEW.role, NEW.staff_id, NEW.by_staff_id, NEW.case_id, NEW.id);
"""


class Migration(migrations.Migration):
    """A table of its own, and triggers that are there at once."""

    dependencies = [("models", "0029_whom_to_remind")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.CreateModel(
            name="StaffEvent",
            fields=[
                ("seq", fields.BigIntField(primary_key=True, generated=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=16)),
                ("unit_id", fields.CharField(null=True, max_length=24)),
                ("role", fields.CharField(null=True, max_length=16)),
                ("staff_id", fields.UUIDField(null=True)),
                ("by_staff_id", fields.UUIDField(null=True)),
                ("case_id", fields.UUIDField(null=True)),
                ("task_id", fields.UUIDField(null=True)),
                ("message_id", fields.UUIDField(null=True)),
            ],
            options={
                "table": "staff_event",
                "app": "models",
                "pk_attr": "seq",
                "table_description": "Something of a task or message has changed; triggers write it in the change's transaction.",
            },
            bases=["Strict"],
        ),
        ops.RunSQL(
            [
                _FUNCTION.format(name="staff_event_of_task", body=_OF_TASK),
                _FUNCTION.format(name="staff_event_of_message", body=_OF_MESSAGE),
                "CREATE TRIGGER task_told AFTER INSERT ON task FOR EACH ROW"
                " EXECUTE FUNCTION staff_event_of_task()",
                "CREATE TRIGGER task_change_told AFTER UPDATE ON task FOR EACH ROW WHEN"
                " ((OLD.unit_id, OLD.assignee_id, OLD.due_at, OLD.done_at) IS DISTINCT FROM"
                " (NEW.unit_id, NEW.assignee_id, NEW.due_at, NEW.done_at))"
                " EXECUTE FUNCTION staff_event_of_task()",
                "CREATE TRIGGER message_told AFTER INSERT ON message FOR EACH ROW"
                " WHEN (NEW.staff_id IS NOT NULL OR NEW.unit_id IS NOT NULL)"
                " EXECUTE FUNCTION staff_event_of_message()",
            ]
        ),
    ]
