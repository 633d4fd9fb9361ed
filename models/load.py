"""What the last load of the city's data files took."""

from tortoise import fields

from models.base import Strict


class DataLoad(Strict):
    """The last load, in the one row here; none while one is under way, or after one that failed."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "data_load"
