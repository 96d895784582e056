"""Queries on the delivering processes: who is alive, and so whose leases hold."""

from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Worker, table

worker = table(Worker)


async def register(name: str, until: datetime, now: datetime, *, connection: AsyncConnection) -> None:
    """A process begins. On SQLite it is the only one, so leases of any other are void at once."""
    ended = delete(worker)
    if connection.dialect.name != "sqlite":
        ended = ended.where(worker.c.alive_until <= now)
    await connection.execute(ended)
    await connection.execute(insert(worker), {"name": name, "alive_until": until})


async def renew(name: str, until: datetime, now: datetime, *, connection: AsyncConnection) -> bool:
    """Whether the process was still alive and its leases hold on until then."""
    mine = update(worker).where(worker.c.name == name, worker.c.alive_until > now).values(alive_until=until)
    return (await connection.execute(mine)).rowcount == 1


async def leave(name: str, *, connection: AsyncConnection) -> None:
    """A process ends; others may deliver what it has not."""
    await connection.execute(delete(worker).where(worker.c.name == name))
