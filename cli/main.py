"""The `dragoman` command: one function for each word, no logic of its own."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Customer communication for cross-border shops."
)
bench = typer.Typer(no_args_is_help=True, help="Measure, and print what was measured.")
evaluate = typer.Typer(no_args_is_help=True, help="Run evaluation suites.")
app.add_typer(bench, name="bench")
app.add_typer(evaluate, name="eval")
console = Console()

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    seed_only: Annotated[bool, typer.Option(help="Make the demo shop and exit.")] = False,
    fresh: Annotated[bool, typer.Option(help="Forget everything and start with a new demo shop.")] = False,
) -> None:
    """Seed the demo shop, serve it, and print where."""
    from cli.serving import run_demo

    run_demo(host, port, seed_only=seed_only, fresh=fresh, console=console)


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Serve the shop that the settings describe."""
    # Nothing of what is loaded now is garbage, and looking for some costs a tenth of the start; serving looks again.
    gc.disable()
    from cli.serving import run_server

    run_server(host, port)


@app.command()
def chat(
    url: Annotated[
        str | None, typer.Option(help="A running server; without it, this process answers itself.")
    ] = None,
    market: Annotated[str | None, typer.Option(help="The customer's country, such as DE.")] = None,
    demo_shop: Annotated[bool, typer.Option("--demo", help="Talk to the demo shop.")] = False,
) -> None:
    """Write as a customer in the terminal."""
    from cli.chatting import run_chat

    asyncio.run(run_chat(url, market, demo_shop, console))


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="The folder with the files.")],
    format_: Annotated[str, typer.Option("--format", help="dragoman or shopify-csv.")] = "dragoman",
    as_of: Annotated[
        datetime | None, typer.Option(help="When the data was taken from the shop; default: now.")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option(help="Import the good rows although others are bad.")
    ] = False,
    currency: Annotated[str | None, typer.Option(help="Currency of Shopify's product prices.")] = None,
) -> None:
    """Import a shop: everything or nothing, each bad row with its reason."""
    from cli.importing import run_import

    moment = (as_of or datetime.now(UTC)).astimezone(UTC)
    raise typer.Exit(asyncio.run(run_import(folder, format_, moment, skip_bad_rows, currency, console)))


@app.command()
def ingest(folder: Annotated[Path, typer.Argument(help="The folder with the shop's documents.")]) -> None:
    """Read policy documents into the index; what is unchanged costs nothing."""
    from cli.importing import run_ingest

    raise typer.Exit(asyncio.run(run_ingest(folder, console)))


@app.command("staff-token")
def staff_token(
    name: Annotated[str, typer.Argument(help="The person's name, as customers see it.")],
    role: Annotated[str, typer.Option(help="agent, senior or admin.")] = "agent",
    days: Annotated[int, typer.Option(min=1, max=366, help="How long the token is good.")] = 30,
    staff_id: Annotated[
        str | None, typer.Option("--id", help="The person's id; default: made from the name.")
    ] = None,
    demo_shop: Annotated[bool, typer.Option("--demo", help="For the demo shop.")] = False,
) -> None:
    """Print a signed token for a member of staff."""
    from cli.tokens import make_staff_token

    typer.echo(make_staff_token(name, role, timedelta(days=days), staff_id, demo_shop))


@app.command()
def doctor(demo_shop: Annotated[bool, typer.Option("--demo", help="Check the demo shop.")] = False) -> None:
    """Check this machine and the settings, and say what to do."""
    from cli.doctor import run_doctor

    raise typer.Exit(asyncio.run(run_doctor(demo_shop, console)))


@evaluate.command("run")
def eval_run(
    suite: Annotated[str, typer.Argument(help="dialogues, languages or figures.")] = "dialogues",
    language: Annotated[str | None, typer.Option(help="Only this language.")] = None,
    case: Annotated[str | None, typer.Option(help="Only cases whose name contains this.")] = None,
    show: Annotated[bool, typer.Option(help="Print the transcripts of failures.")] = False,
    sample: Annotated[int, typer.Option(min=1, help="One wording of every so many cases: a quick look.")] = 1,
    json_file: JsonFile = None,
) -> None:
    """Run a suite and print its figures; exits with 1 where a bar is missed."""
    from evals.suites import Request, run_suite

    request = Request(language, case, show, json_file, console, sample)
    raise typer.Exit(asyncio.run(run_suite(suite, request)))


@bench.command("turn")
def bench_turn(
    turns: Annotated[int, typer.Option(min=20, help="Turns in the long conversation.")] = 200,
    json_file: JsonFile = None,
) -> None:
    """Latency, growth and throughput of flows turns on this machine."""
    from evals.benchmarks import bench_turns, served

    served(bench_turns(turns, json_file, console))


if __name__ == "__main__":
    app()
