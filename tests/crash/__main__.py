"""`python -m tests.crash [--kills N] [--database sqlite|postgres|both] [--seed S]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys

from tests.crash.runs import POSTGRES, Plan, Report, run


def main() -> int:
    """Kill, resume, judge; 1 when anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="over all databases together")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    given = parser.parse_args()
    databases = ("sqlite", "postgres") if given.database == "both" else (given.database,)
    if "postgres" in databases and POSTGRES not in os.environ:
        print(f"{POSTGRES} is not set: PostgreSQL cannot be tested.", file=sys.stderr)
        return 2
    print(f"seed {given.seed}", flush=True)
    share = given.kills // len(databases)
    reports = [asyncio.run(_one(Plan(database, share, given.seed))) for database in databases]
    failed = [report for report in reports if report.violations]
    print(f"{sum(r.kills for r in reports)} kills, {sum(len(r.violations) for r in reports)} violations")
    return 1 if failed else 0


async def _one(plan: Plan) -> Report:
    print(f"\n{plan.database}: {plan.kills} kills", flush=True)
    report = await run(plan, progress=lambda line: print(f"  {line}", flush=True))
    print(report.text(), flush=True)
    return report


if __name__ == "__main__":
    sys.exit(main())
