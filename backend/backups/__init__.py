"""Backups of database and file store in one folder, and bringing them back to any moment.

    <folder>/base/<time>/           postgres/ as pg_basebackup copied it, manifest.json
    <folder>/wal/<system>-<line>/   the log of one server and timeline, as it came
    <folder>/files/                 the bytes of all files, sealed as they lie in the store, each
                                    under its key and its checksum

Keys are in none of it: what is sealed can be read only with YIKOU_DATA_KEYS.
"""
