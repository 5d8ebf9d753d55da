"""The suites of `dragoman eval run`, each a function that prints its figures and says whether its bars hold."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from bootstrap.settings import Settings
from bootstrap.wiring import understanding_of
from evals.cases import VARIANTS, Case, load_cases
from evals.dialogues import CUSTOMER_SECRET, Outcome, play
from evals.languages import languages
from evals.liar import figures
from evals.report import by_language, pass_rates, print_dialogues, write_json
from evals.stage import Stage
from telemetry.logs import configure_logs

PASS_1, PASS_4 = 0.95, 0.90
SAMPLE_PASS = 0.85
"""What a sample of all languages together must reach: far below, something is broken."""
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Request:
    language: str | None
    case: str | None
    show: bool
    json_file: Path | None
    console: Console
    sample: int = 1
    """Of so many cases one is played, in one of its wordings."""


async def dialogues(request: Request) -> bool:
    """Scripted dialogues, each in four wordings, graded on end state, evidence, language and handoff."""
    cases = [
        case
        for case in load_cases("dialogues", request.language)
        if not request.case or request.case in case.case
    ]
    if not cases:
        raise typer.BadParameter("no case matches")
    wordings = [(case, variant) for case in cases for variant in range(VARIANTS)]
    if request.sample > 1:
        picked = cases[:: request.sample]
        wordings = [(case, place % VARIANTS) for place, case in enumerate(picked)]
    outcomes = await play_all(wordings, request.console)
    print_dialogues(outcomes, request.show, request.console)
    rates = {language: pass_rates(group) for language, group in by_language(outcomes).items()}
    figures = {
        language: {"pass^1": single, "pass^4": every, "wordings": len(by_language(outcomes)[language])}
        for language, (single, every) in rates.items()
    }
    write_json(request.json_file, figures)
    if request.sample > 1:
        return pass_rates(outcomes)[0] >= SAMPLE_PASS
    return all(single >= PASS_1 and every >= PASS_4 for single, every in rates.values())


async def play_all(wordings: Sequence[tuple[Case, int]], console: Console) -> list[Outcome]:
    """The wordings, a few side by side, each on its own copy of the shop."""
    settings = Settings(_env_file=None, customer_token_secret=CUSTOMER_SECRET)  # type: ignore[call-arg]
    understanding = understanding_of(settings.model_copy(update={"demo": True}))
    configure_logs("error")
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), understanding, settings)
        await stage.build()
        slots = asyncio.Semaphore(AT_ONCE)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("dialogues", total=len(wordings))

            async def one(case: Case, variant: int) -> Outcome:
                async with slots:
                    outcome = await play(stage, case, variant)
                progress.advance(task)
                return outcome

            outcomes = await asyncio.gather(*(one(case, variant) for case, variant in wordings))
    understanding.close()
    return list(outcomes)


SUITES: dict[str, Callable[[Request], Awaitable[bool]]] = {
    "dialogues": dialogues,
    "figures": figures,
    "languages": languages,
}


async def run_suite(suite: str, request: Request) -> int:
    """Run a suite by name; 0 when its bars hold."""
    if suite not in SUITES:
        raise typer.BadParameter(f"there is no suite {suite}; there are {', '.join(SUITES)}")
    return 0 if await SUITES[suite](request) else 1
