"""Arguments → functions → exit code. Nothing is computed here."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from glimpse import __version__
from glimpse.planner.bill import Bill
from glimpse.planner.estimate import Estimator
from glimpse.planner.outside import clock, price_files, workload_files
from glimpse.planner.outside.terraform_files.evaluation import NotRead
from glimpse.planner.outside.terraform_files.reading import Reading
from glimpse.planner.report.documents import bill_document, errors_document, plan_document
from glimpse.planner.scenarios import plan_of
from glimpse.planner.sentence import say
from glimpse.planner.stack import Finding, Stack
from glimpse.planner.verdict import BROKEN
from glimpse.planner.words import LANGUAGES, Words
from glimpse.planner.workload import WorkloadError

DONE, PROMISE_BROKEN, NOT_READ, NOT_ACCEPTED = 0, 1, 2, 3
OWN_STACK = Path("infrastructure/terraform/environments/startup-prod")
FORMATS = ("terminal", "json")
FREE_TIERS = ("none", "always")
PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Asked:
    """What was asked for, by options that both `plan` and `bill` take."""

    path: Path
    workload: Path | None
    region: str | None
    variable_files: Sequence[Path]
    variables: Sequence[str]
    free_tier: str
    format: str
    output: Path | None
    strict: bool
    words: Words


def main(arguments: Sequence[str] | None = None) -> None:
    """The `glimpse` command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        application(Words(language(given)))(given)
    except BrokenPipeError:
        # Whoever read us has seen enough (`| head`); a second error at exit would only confuse.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(DONE) from None


def language(arguments: Sequence[str]) -> str:
    """--lang where it is given, else the locale's; known before the help texts are made."""
    chosen = ""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option == "--lang":
            chosen = value
        elif option.startswith("--lang="):
            chosen = option.removeprefix("--lang=")
    for locale in (chosen, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if locale:
            return "ko" if locale.lower().startswith("ko") else "en"
    return "en"


def application(words: Words) -> typer.Typer:
    """The commands, with their help in one language."""
    app = typer.Typer(help=words("help_glimpse"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    prices = typer.Typer(help=words("help_prices"), no_args_is_help=True)
    app.add_typer(prices, name="prices")

    path = Annotated[Path, typer.Argument(help=words("help_path"), show_default=str(OWN_STACK))]
    workload = Annotated[Path | None, typer.Option(help=words("help_workload"), metavar="FILE")]
    region = Annotated[str | None, typer.Option(help=words("help_region"))]
    var_file = Annotated[list[Path] | None, typer.Option(help=words("help_var_file"), metavar="FILE")]
    var = Annotated[list[str] | None, typer.Option(help=words("help_var"), metavar="NAME=VALUE")]
    free_tier = Annotated[str, typer.Option(help=words("help_free_tier"))]
    format_ = Annotated[str, typer.Option("--format", help=words("help_format"))]
    output = Annotated[Path | None, typer.Option(help=words("help_output"), metavar="FILE")]
    lang = Annotated[str, typer.Option(help=words("help_lang"), show_default=False)]
    strict = Annotated[bool, typer.Option("--strict", help=words("help_strict"))]

    @app.callback(invoke_without_command=True)
    def glimpse(version: Annotated[bool, typer.Option("--version", help=words("help_version"))] = False) -> None:
        if version:
            typer.echo(f"glimpse {__version__}")
            raise typer.Exit

    @app.command(help=words("help_plan") + "\n\n" + words("help_plan_more"))
    def plan(
        path: path = OWN_STACK, workload: workload = None, region: region = None, var_file: var_file = None,
        var: var = None, free_tier: free_tier = "none", format: format_ = "terminal", output: output = None,
        lang: lang = words.language, strict: strict = False,
    ) -> None:  # fmt: skip
        asked = Asked(path, workload, region, var_file or (), var or (), free_tier, format, output, strict, words)
        raise typer.Exit(_guarded(asked, lang, _plan))

    @app.command(help=words("help_bill") + "\n\n" + words("help_plan_more"))
    def bill(
        path: path = OWN_STACK, workload: workload = None, region: region = None, var_file: var_file = None,
        var: var = None, free_tier: free_tier = "none", format: format_ = "terminal", output: output = None,
        lang: lang = words.language, strict: strict = False,
    ) -> None:  # fmt: skip
        asked = Asked(path, workload, region, var_file or (), var or (), free_tier, format, output, strict, words)
        raise typer.Exit(_guarded(asked, lang, _bill))

    @prices.command(name="show", help=words("help_prices_show"))
    def show(region: region = None, format: format_ = "terminal", lang: lang = words.language) -> None:
        asked = Asked(OWN_STACK, None, region, (), (), "none", format, None, False, words)
        raise typer.Exit(_guarded(asked, lang, _prices))

    return app


def _guarded(asked: Asked, lang: str, command: Callable[[Asked], int]) -> int:
    """Run a command; whatever is wrong with what it was given becomes sentences and exit code 2."""
    try:
        for option, value, known in (
            ("--format", asked.format, FORMATS), ("--free-tier", asked.free_tier, FREE_TIERS), ("--lang", lang, LANGUAGES),
        ):  # fmt: skip
            if value not in known:
                raise NotRead(say("option_wrong", option=option, given=value, known=", ".join(known)))
        return command(asked)
    except NotRead as wrong:
        return _refuse(asked, [Finding(wrong.why, wrong.file, wrong.line)])
    except WorkloadError as wrong:
        return _refuse(asked, [Finding(problem) for problem in wrong.problems])
    except price_files.RegionUnknown as wrong:
        held = ", ".join(entry.region for entry in price_files.manifest()[1] if entry.region != price_files.GLOBAL)
        return _refuse(asked, [Finding(say("region_not_held", region=wrong.region, held=held))])
    except KeyboardInterrupt:
        return 130
    except (BrokenPipeError, SystemExit):
        raise
    except Exception as error:
        if os.environ.get("GLIMPSE_DEBUG"):
            raise
        return _refuse(asked, [Finding(say("broken_inside", detail=f"{type(error).__name__}: {error}"[:200]))])


def _refuse(asked: Asked, errors: Sequence[Finding]) -> int:
    if asked.format == "json":
        typer.echo(_json(errors_document(errors, asked.words)))
    else:
        for error in errors:
            where = f"{error.file}:{error.line}: " if error.file and error.line else ""
            typer.echo(where + asked.words.say(error.what), err=True)
    return NOT_READ


def _plan(asked: Asked) -> int:
    stack, estimator = _read(asked)
    plan = plan_of(stack, estimator)
    granted = {scenario.name: estimator.bill(scenario.bill.stack, free_tier=True) for scenario in plan.scenarios}
    if asked.format == "json":
        _write(asked, _json(plan_document(plan, granted, asked.words)))
    else:
        _write(asked, _text(asked, "plan", plan, granted["today"]))
    broken = [row.promise for row in plan.today.verdicts if row.verdict == BROKEN]
    if broken:
        names = ", ".join(asked.words(f"promise_{name}") for name in broken)
        typer.echo(asked.words("ui_promise_broken", promises=names), err=True)
        return _strict(asked, plan.today.bill) or PROMISE_BROKEN
    return _strict(asked, plan.today.bill)


def _bill(asked: Asked) -> int:
    stack, estimator = _read(asked)
    bill, granted = estimator.bill(stack), estimator.bill(stack, free_tier=True)
    if asked.format == "json":
        _write(asked, _json(bill_document(bill, granted, asked.words)))
    else:
        _write(asked, _text(asked, "bill", bill, granted))
    return _strict(asked, bill)


def _prices(asked: Asked) -> int:
    from glimpse.planner.report.prices import prices_document, prices_text

    name, held = price_files.manifest()
    known = {entry.region for entry in held}
    if asked.region is not None and asked.region not in known:
        raise price_files.RegionUnknown(asked.region)
    sources = price_files.sources(asked.region) if asked.region else {}
    chosen = [entry for entry in held if asked.region in (None, entry.region)]
    if asked.format == "json":
        typer.echo(_json(prices_document(name, chosen, sources, clock.today())))
    else:
        typer.echo(prices_text(name, chosen, sources, clock.today(), asked.words), nl=False)
    return DONE


def _read(asked: Asked) -> tuple[Stack, Estimator]:
    """The stack, and what prices it. The files are evaluated in their own process while the rest is loaded."""
    with Reading(asked.path, asked.variable_files, asked.variables) as reading, _patience(asked):
        workload = workload_files.workload_beside(asked.path, asked.workload)
        capacity = workload_files.capacity_of(workload)
        stack = reading.stack(asked.region)
    catalogue = price_files.catalogue(stack.region)
    return stack, Estimator(catalogue, workload, capacity, clock.today(), asked.free_tier == "always")


@contextmanager
def _patience(asked: Asked) -> Iterator[None]:
    """Say what is being waited for, to people, once it takes longer than a second."""
    text = asked.words("ui_reading", path=str(asked.path))
    timer = threading.Timer(PATIENCE_SECONDS, lambda: typer.echo(text, err=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _text(asked: Asked, method: str, *arguments: object) -> str:
    from glimpse.planner.report.terminal import text_of

    colour = asked.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return text_of(asked.words, method, *arguments, colour=colour)


def _write(asked: Asked, text: str) -> None:
    if asked.output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        asked.output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    except OSError as error:
        raise NotRead(say("output_unwritable", path=str(asked.output), detail=error.strerror or "")) from None
    typer.echo(asked.words("ui_written", path=str(asked.output)), err=True)


def _strict(asked: Asked, bill: Bill) -> int:
    if not asked.strict or not (left := bill.not_accepted()):
        return DONE
    typer.echo(asked.words("ui_strict", count=len(left)), err=True)
    return NOT_ACCEPTED


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


