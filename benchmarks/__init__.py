"""How fast it is: beside the limit of PostgreSQL and beside what people would pick instead."""
