"""The peer's engine: as many connections as ours, and the driver ours uses as well."""

import os

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

POOL = 10

engine = create_async_engine(
    os.environ["YIKOU_DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://", 1),
    pool_size=POOL,
    max_overflow=0,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
