"""Makes staff tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import typer

from bootstrap.secrets import deployment_secret
from cli.settings import settings_for
from desk.staff import Role, Staff, StaffTokens
from facts.clock import SystemClock


def make_staff_token(name: str, role: str, ttl: timedelta, staff_id: str | None, demo: bool) -> str:
    """A token signed with the deployment's secret; exits with an explanation for an unknown role."""
    if role not in list(Role):
        raise typer.BadParameter(f"{role} is no role; use {', '.join(Role)}", param_hint="--role")
    settings = settings_for(demo)
    secret = deployment_secret(settings.secret, settings.home)
    identity = staff_id or re.sub(r"\W+", "-", name.casefold()).strip("-")
    if not identity:
        raise typer.BadParameter("give the person's id with --id", param_hint="NAME")
    return StaffTokens(secret, SystemClock()).issue(Staff(id=identity, name=name, role=Role(role)), ttl)
