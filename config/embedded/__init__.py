"""PostgreSQL and Redis from pip-installed wheels, run on unix sockets below `YIKOU_VAR_DIR`."""
