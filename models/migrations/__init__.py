"""The chain of migrations: from the first release on it is only added to."""

RELEASES = ("0001_first_release",)
"""The last migration of each release, oldest first."""
