"""Every command of `glimpse` with its options and their help. What a command does is in `cli.py`, by the same name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from glimpse import __version__
from glimpse.command_parser import Parser, VariableAction
from glimpse.operations.drills.names import DEFAULT_CLIENTS, DRILL_NAMES
from glimpse.planner.report.sections import SECTIONS
from glimpse.words import Words
from glimpse.words.wrapping import wrapped

OWN_STACK = Path("infrastructure/terraform/environments/startup-prod")
STACK_DATA = "glimpse-data/up"
FORMATS = ("terminal", "json", "markdown")
ALL_FORMATS = (*FORMATS, "html", "junit", "infracost-json")
FREE_TIERS = ("none", "always")
SHELLS = ("bash", "zsh", "fish")
COMMAND_GROUPS = {
    "help_group_cost": ("plan", "bill", "diff", "init", "prices"),
    "help_group_chat": ("serve", "migrate"),
    "help_group_machine": ("up", "drill", "verify"),
    "help_group_aws": ("deploy", "watch", "workload"),
    "help_group_shell": ("completion",),
}
"""The commands by what one wants, in the order of the help."""


def parser(words: Words) -> Parser:
    """
    The command line. What it makes of one has `command`: the name of the command, as in `prices show`, empty where none
    is given.
    """
    top = Parser(words, prog="glimpse", description=words("help_glimpse"), epilog=words("help_examples"))
    top.add_argument("--version", action="version", version=f"glimpse {__version__}", help=words("help_version"))
    top.set_defaults(command="")
    commands = _Commands(words, top, top.add_subparsers(title=words("help_commands"), metavar="COMMAND"))
    _add_plan_and_bill(commands)
    _add_diff(commands)
    _add_init(commands)
    _add_prices(commands)
    _add_chat(commands)
    _add_operations(commands)
    _add_aws(commands)
    _add_completion(commands)
    top.groups = {words(code): names for code, names in COMMAND_GROUPS.items()}
    return top


@dataclass(frozen=True)
class _Commands:
    """Adds commands, here or below another command, and the options that several have."""

    words: Words
    top: Parser
    under: Any

    def add(self, name: str, code: str = "", more: Callable[[], str] | None = None) -> Parser:
        """`code` is that of its help, `help_NAME` by default; the text of CODE_more, or `more`, follows it."""
        code = code or f"help_{name}"
        made: Parser = self.under.add_parser(
            name,
            top=self.top,
            words=self.words,
            more=more or partial(self.words, f"{code}_more"),
            help=self.words(code),
            description=self.words(code),
        )
        made.set_defaults(command=made.prog.removeprefix(f"{self.top.prog} "))
        return made

    def below(self, name: str, code: str) -> _Commands:
        """A command that is nothing but the commands below it."""
        made: Parser = self.under.add_parser(
            name, top=self.top, words=self.words, help=self.words(code), description=self.words(code)
        )
        under = made.add_subparsers(title=self.words("help_commands"), metavar="COMMAND", required=True)
        return _Commands(self.words, self.top, under)

    def add_format(self, made: Parser, formats: Sequence[str]) -> None:
        known = self.words("help_format", formats=", ".join(formats))
        made.add_argument("--format", default="terminal", choices=formats, help=known)

    def add_region(self, made: Parser) -> None:
        made.add_argument("--region", metavar="REGION", help=self.words("help_region"))

    def add_path(self, made: Parser, default: Path | None = None, code: str = "help_path") -> None:
        """The stack that it reads, and what Terraform's files may need."""
        made.add_argument(
            "path", nargs="?", default=str(default or default_stack()), metavar="PATH", help=self.words(code)
        )
        self.add_inputs(made)

    def add_inputs(self, made: Parser) -> None:
        words = self.words
        made.add_argument("--project", metavar="DIR", help=words("help_project"))
        made.add_argument(
            "--var-file", metavar="FILE", action=VariableAction, const="file", help=words("help_var_file")
        )
        made.add_argument("--var", metavar="NAME=VALUE", action=VariableAction, const="option", help=words("help_var"))

    def add_output(self, made: Parser, code: str = "help_output") -> None:
        made.add_argument("--output", metavar="FILE", help=self.words(code))


def default_stack() -> Path:
    """The stack that is meant where none is named: this repository's, elsewhere the folder one is in."""
    return OWN_STACK if OWN_STACK.is_dir() else Path()


# ---- What a stack costs


def _add_plan_and_bill(commands: _Commands) -> None:
    words = commands.words
    for name in ("plan", "bill"):
        made = commands.add(name)
        commands.add_format(made, (*FORMATS, "html", "infracost-json") if name == "bill" else (*FORMATS, "html"))
        commands.add_region(made)
        commands.add_path(made)
        made.add_argument("--workload", metavar="FILE", help=words("help_workload"))
        made.add_argument("--usage", metavar="FILE", help=words("help_usage"))
        made.add_argument("--actual", metavar="FILE", help=words("help_actual"))
        made.add_argument("--free-tier", default="none", choices=FREE_TIERS, help=words("help_free_tier"))
        if name == "plan":
            made.add_argument("--full", action="store_true", help=words("help_full"))
            sections = words("help_show", sections=", ".join(SECTIONS))
            made.add_argument("--show", metavar="SECTION,…", help=sections)
        else:
            made.add_argument("--compare-regions", metavar="A,B", help=words("help_compare_regions"))
        commands.add_output(made)
        made.add_argument("--strict", action="store_true", help=words("help_strict"))


def _add_diff(commands: _Commands) -> None:
    words = commands.words
    diff = commands.add("diff")
    commands.add_format(diff, (*FORMATS, "junit", "infracost-json"))
    commands.add_region(diff)
    diff.add_argument("before", metavar="A", help=words("help_diff_a"))
    diff.add_argument("after", nargs="?", metavar="B", help=words("help_diff_b"))
    commands.add_inputs(diff)
    diff.add_argument("--workload", metavar="FILE", help=words("help_diff_workload"))
    diff.add_argument("--usage", metavar="FILE", help=words("help_usage"))
    diff.add_argument("--free-tier", default="none", choices=FREE_TIERS, help=words("help_free_tier"))
    diff.add_argument("--max-increase", metavar="USD", help=words("help_max_increase"))
    diff.add_argument("--max-usd", metavar="USD", help=words("help_max_usd"))
    commands.add_output(diff)
    diff.add_argument("--strict", action="store_true", help=words("help_strict"))


def _add_init(commands: _Commands) -> None:
    init = commands.add("init")
    commands.add_region(init)
    commands.add_path(init, Path(), "help_init_path")
    commands.add_output(init, "help_init_output")
    init.add_argument("--yes", action="store_true", help=commands.words("help_yes"))


def _add_prices(commands: _Commands) -> None:
    words = commands.words
    prices = commands.below("prices", "help_prices")
    show = prices.add("show", "help_prices_show")
    prices.add_format(show, FORMATS[:2])
    prices.add_region(show)
    update = prices.add("update", "help_prices_update")
    prices.add_format(update, FORMATS[:2])
    prices.add_region(update)
    prices.add_path(update)
    update.add_argument("--regions", metavar="A,B", help=words("help_update_regions"))
    update.add_argument("--from", dest="mirror", metavar="DIR", help=words("help_update_from"))
    update.add_argument("--into", metavar="DIR", help=words("help_update_into"))
    update.add_argument("--dry-run", action="store_true", help=words("help_update_dry_run"))
    prices.add_output(update)


# ---- The chat service


def _add_chat(commands: _Commands) -> None:
    commands.add("serve", more=partial(_settings_help, commands.words, "serve"))
    migrate = commands.add("migrate", more=partial(_settings_help, commands.words, "migrate"))
    migrate.add_argument("--after", action="store_true", help=commands.words("help_after"))


def _settings_help(words: Words, command: str) -> str:
    """The environment variables of `serve` or `migrate`, with their defaults and meanings."""
    from glimpse.chat.settings import MIGRATION_SETTINGS, SETTINGS

    lines = [words(f"help_{command}_more")]
    for setting in SETTINGS if command == "serve" else MIGRATION_SETTINGS:
        default = f" ({setting.default})" if setting.default else ""
        lines.append(f"  {setting.variable}{default}")
        lines += [" " * 6 + line for line in wrapped(words(f"setting_of_{setting.field}"), 72)]
    return "\n".join(lines)


# ---- The whole stack on this machine


def _add_operations(commands: _Commands) -> None:
    words = commands.words

    def starts_stack(made: Parser) -> None:
        made.add_argument("--bus", choices=("postgresql", "valkey"), help=words("help_bus"))
        made.add_argument("--tasks", type=int, metavar="N", help=words("help_tasks"))
        made.add_argument("--data", default=STACK_DATA, metavar="DIR", help=words("help_stack_data"))
        made.add_argument("--speed", type=float, metavar="N", help=words("help_speed"))

    up = commands.add("up")
    commands.add_region(up)
    commands.add_path(up)
    starts_stack(up)
    up.add_argument("--port", type=int, default=8080, metavar="PORT", help=words("help_port"))
    up.add_argument("--page-port", type=int, default=8090, metavar="PORT", help=words("help_page_port"))
    up.add_argument("--addresses", action="store_true", help=words("help_addresses"))

    drill = commands.add("drill")
    commands.add_format(drill, ("terminal", "json", "html"))
    commands.add_region(drill)
    names = words("help_drill_name", names=", ".join(DRILL_NAMES))
    drill.add_argument("name", choices=DRILL_NAMES, metavar="NAME", help=names)
    commands.add_path(drill)
    starts_stack(drill)
    drill.add_argument("--clients", type=int, default=DEFAULT_CLIENTS, metavar="N", help=words("help_clients"))
    drill.add_argument("--seed", type=int, metavar="N", help=words("help_seed"))
    drill.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help=words("help_env"))
    commands.add_output(drill)

    verify = commands.add("verify")
    commands.add_format(verify, ("terminal", "json", "junit"))
    commands.add_region(verify)
    commands.add_path(verify)
    verify.add_argument("--on", default="local", metavar="local|URL|aws", help=words("help_on"))
    verify.add_argument("--data", default=STACK_DATA, metavar="DIR", help=words("help_stack_data"))
    verify.add_argument("--token", action="append", default=[], metavar="JWT", help=words("help_token"))
    verify.add_argument("--slow", action="store_true", help=words("help_slow"))
    verify.add_argument("--drill", metavar="SERVICE", help=words("help_verify_drill"))
    verify.add_argument("--yes", action="store_true", help=words("help_verify_yes"))
    verify.add_argument("--only", metavar="CHECK,…", help=words("help_only"))
    commands.add_output(verify)
    verify.add_argument("--strict", action="store_true", help=words("help_verify_strict"))


# ---- On AWS


def _add_aws(commands: _Commands) -> None:
    words = commands.words
    deploy = commands.add("deploy")
    commands.add_region(deploy)
    commands.add_path(deploy)
    deploy.add_argument("--image", metavar="DIGEST", help=words("help_deploy_image"))
    deploy.add_argument("--dry-run", action="store_true", help=words("help_deploy_dry_run"))
    deploy.add_argument("--rehearse", metavar="CASE", nargs="?", const="good", help=words("help_deploy_rehearse"))
    deploy.add_argument("--yes", action="store_true", help=words("help_deploy_yes"))

    watch = commands.add("watch")
    commands.add_format(watch, ("terminal", "json", "markdown", "html"))
    commands.add_region(watch)
    commands.add_path(watch)
    watch.add_argument("--days", type=int, default=7, metavar="N", help=words("help_watch_days"))
    watch.add_argument("--send", metavar="sns:ARN|slack", help=words("help_watch_send"))
    commands.add_output(watch)

    measure = commands.below("workload", "help_workload_command").add("from-cloudwatch", "help_from_cloudwatch")
    commands.add_region(measure)
    commands.add_path(measure)
    measure.add_argument("--days", type=int, default=30, metavar="N", help=words("help_from_cloudwatch_days"))
    commands.add_output(measure, "help_from_cloudwatch_output")


# ---- The shell


def _add_completion(commands: _Commands) -> None:
    shells = commands.words("help_shell", shells=", ".join(SHELLS))
    commands.add("completion").add_argument("shell", choices=SHELLS, metavar="SHELL", help=shells)
