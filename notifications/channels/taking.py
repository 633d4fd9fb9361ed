"""What a channel takes for a copy, as SQL that a claim is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Parts of the claim; the names `d`, `r` and `due` are those of the claim's own tables.

    `whose` is the table of the recipients, `r` a row of it, and `allowed` what must hold besides
    for a copy to be due. `address` are the columns `address` (sealed), and the table, id and column
    that it is sealed for: `kept_in`, `kept_of`, `kept_as`. `pay` are CTEs that take what a copy
    costs, and `paid` whether that was had, with `payment` joined to `due`; else the copy gets the
    status `unpaid`, is looked at again at `again`, and `why_not` is its reason.
    """

    address: str
    whose: str = "resident"
    allowed: str = "true"
    join: str = ""
    pay: str = ""
    payment: str = ""
    paid: str = "true"
    unpaid: str = "dropped"
    again: str = "d.due_at"
    why_not: str = "'no_address'"
