"""Which release this is: said here once, also for the package's own metadata."""

RELEASE = "0.1.0"
