"""What staff must approve or carry out."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from conversations import rows
from conversations.alive import alive
from conversations.errors import UnknownTask
from conversations.models import StaffTask, TaskKind
from conversations.signals import STAFF_DESK
from conversations.store import Store
from conversations.tables import staff_tasks
from facts.identifiers import new_id


class Tasks(Store):
    """One task a proposal and kind."""

    async def add_task(
        self, proposal_id: str, conversation_id: str, kind: TaskKind, summary: dict[str, str]
    ) -> None:
        """Ask staff; asking again for the same proposal changes nothing."""
        try:
            async with self.database.write() as connection:
                if not await alive(connection, conversation_id):
                    # Erased since: the work goes on without words.
                    summary = {}
                await connection.execute(
                    insert(staff_tasks).values(
                        id=new_id("task"),
                        proposal_id=proposal_id,
                        conversation_id=conversation_id,
                        kind=kind,
                        summary=summary,
                        created_at=self.clock.now(),
                    )
                )
        except IntegrityError:
            async with self.database.read() as connection:
                known = select(staff_tasks.c.id).where(
                    staff_tasks.c.proposal_id == proposal_id, staff_tasks.c.kind == kind
                )
                if (await connection.execute(known)).one_or_none() is None:
                    raise
            return
        self.signals.publish(STAFF_DESK)

    async def tasks(self, conversation_id: str | None = None) -> list[StaffTask]:
        """Open tasks, oldest first; of one conversation when it is named."""
        query = (
            select(staff_tasks).where(staff_tasks.c.closed_at.is_(None)).order_by(staff_tasks.c.created_at)
        )
        if conversation_id is not None:
            query = query.where(staff_tasks.c.conversation_id == conversation_id)
        async with self.database.read() as connection:
            return [rows.task(row) for row in await connection.execute(query)]

    async def task(self, task_id: str) -> StaffTask:
        """An open or closed task; raises UnknownTask."""
        async with self.database.read() as connection:
            found = await connection.execute(select(staff_tasks).where(staff_tasks.c.id == task_id))
            row = found.one_or_none()
        if row is None:
            raise UnknownTask
        return rows.task(row)

    async def close_task(self, task_id: str, staff_id: str, outcome: str) -> None:
        """Close an open task; raises UnknownTask when somebody was faster."""
        async with self.database.write() as connection:
            closed = await connection.execute(
                update(staff_tasks)
                .where(staff_tasks.c.id == task_id, staff_tasks.c.closed_at.is_(None))
                .values(closed_at=self.clock.now(), closed_by=staff_id, outcome=outcome)
            )
            if closed.rowcount == 0:
                raise UnknownTask
        self.signals.publish(STAFF_DESK)
