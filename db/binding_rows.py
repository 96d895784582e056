"""Queries on which group belongs to which desk."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.staff_tables import Binding
from db.tables import table
from db.types import AnyRow

binding = table(Binding)


async def bind(
    desk: str, channel: str, chat: str, mode: str, by: int | None, now: datetime, *, connection: AsyncConnection
) -> None:
    """A group works for a desk from now on, whatever it was before. `mode`: topics or plain."""
    await unbind(channel, chat, connection=connection)
    values = {"desk": desk, "channel": channel, "chat": chat, "mode": mode, "bound_by": by, "bound_at": now}
    await connection.execute(insert(binding).values(values))


async def unbind(channel: str, chat: str, *, connection: AsyncConnection) -> None:
    """The group works for no desk."""
    await connection.execute(delete(binding).where(binding.c.channel == channel, binding.c.chat == chat))


async def of_desks(desks: Collection[str], *, connection: AsyncConnection) -> Sequence[AnyRow]:
    """The groups of desks: desk, channel, chat, mode."""
    query = select(binding).where(binding.c.desk.in_(sorted(desks))).order_by(binding.c.id)
    return (await connection.execute(query)).all()


async def of_chat(channel: str, chat: str, *, connection: AsyncConnection) -> AnyRow | None:
    """What a group is bound to."""
    query = select(binding).where(binding.c.channel == channel, binding.c.chat == chat)
    return (await connection.execute(query)).one_or_none()


async def everything(*, connection: AsyncConnection) -> Sequence[AnyRow]:
    """All groups."""
    return (await connection.execute(select(binding).order_by(binding.c.id))).all()


async def migrate(channel: str, old: str, new: str, *, connection: AsyncConnection) -> None:
    """A group has got another id."""
    mine = (binding.c.channel == channel, binding.c.chat == old)
    await connection.execute(update(binding).where(*mine).values(chat=new))
