"""The kill switch: one row, so that it holds for every worker and across restarts."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from conversations.models import StaffMember, Switch
from conversations.store import Store
from conversations.tables import switches

AUTOMATION = "automation"

STOPPED = select(switches.c.engaged).where(switches.c.name == AUTOMATION).scalar_subquery().label("stopped")
"""For a RETURNING clause: whoever claims a turn or lets sentences leave reads the switch in the same statement."""


class Switches(Store):
    """Nothing automatic leaves while it is on."""

    async def automation(self) -> Switch:
        """How the switch stands; it is off until somebody has moved it."""
        async with self.database.read() as connection:
            found = await connection.execute(select(switches).where(switches.c.name == AUTOMATION))
            row = found.one_or_none()
        if row is None:
            return Switch()
        return Switch(stopped=row.engaged, staff_id=row.staff_id, changed_at=row.changed_at)

    async def stop_automation(self, staff: StaffMember) -> Switch:
        """From now on everything that would be sent is a draft; a turn under way notices at its next sentence."""
        return await self._turn(staff, engaged=True)

    async def resume_automation(self, staff: StaffMember) -> Switch:
        """The modes hold again. What was drafted stays a draft."""
        return await self._turn(staff, engaged=False)

    async def _turn(self, staff: StaffMember, *, engaged: bool) -> Switch:
        values = {"engaged": engaged, "staff_id": staff.id, "changed_at": self.clock.now()}
        if not await self._moved(values):
            try:
                async with self.database.write() as connection:
                    await connection.execute(insert(switches).values(name=AUTOMATION, **values))
            except IntegrityError:
                # Somebody else has made the row a moment ago: the later hand wins.
                await self._moved(values)
        return await self.automation()

    async def _moved(self, values: dict[str, object]) -> bool:
        async with self.database.write() as connection:
            moved = await connection.execute(
                update(switches).where(switches.c.name == AUTOMATION).values(**values)
            )
        return moved.rowcount == 1
