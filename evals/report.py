"""Figures of a suite: pass^1, pass^4, and what failed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.dialogues import Outcome


def pass_rates(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """pass^1, the share of wordings that passed; pass^k, the share of cases of which every wording did."""
    cases: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for outcome in outcomes:
        cases[outcome.language, outcome.case].append(outcome.passed)
    single = sum(outcome.passed for outcome in outcomes) / len(outcomes)
    every = sum(all(passed) for passed in cases.values()) / len(cases)
    return single, every


def by_language(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    grouped: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[outcome.language].append(outcome)
    return dict(sorted(grouped.items()))


def print_dialogues(outcomes: Sequence[Outcome], show: bool, console: Console) -> None:
    """A table by language, and the failures."""
    table = Table("language", "cases", "wordings", "pass^1", "pass^4", "turn ms (median)")
    for language, group in by_language(outcomes).items():
        single, every = pass_rates(group)
        cases = len({outcome.case for outcome in group})
        times = [ms for outcome in group for ms in outcome.total_ms]
        table.add_row(
            language, str(cases), str(len(group)), f"{single:.3f}", f"{every:.3f}", f"{median(times):.0f}"
        )
    console.print(table)
    for outcome in outcomes:
        if not outcome.passed:
            _print_failure(outcome, show, console)


def _print_failure(outcome: Outcome, show: bool, console: Console) -> None:
    console.print(f"[red]{outcome.language} {outcome.case} #{outcome.variant + 1}[/red]")
    for problem in outcome.problems:
        console.print(f"    {escape(problem)}", soft_wrap=True)
    if show:
        for line in outcome.transcript:
            console.print(f"    [dim]{escape(line)}[/dim]", soft_wrap=True)


def write_json(path: Path | None, figures: object) -> None:
    """Figures for another program."""
    if path is not None:
        path.write_text(json.dumps(figures, ensure_ascii=False, indent=2), "utf-8")
