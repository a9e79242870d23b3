"""
The command line as argparse reads it, with help in two languages. What is wrong with it becomes a sentence of ours:
argparse's own are English, and suggest nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from glimpse.planner.finding import InputError
from glimpse.planner.sentence import Sentence, say
from glimpse.words import LANGUAGES, Words
from glimpse.words.wrapping import wrapped


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Wraps by the width that letters take on a terminal, which for Korean is two columns each."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for paragraph in text.split("\n") for line in wrapped(paragraph, width) or [""])


class VariableAction(argparse.Action):
    """Gathers --var and --var-file in the order of the command: later ones win, whichever they are."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "dest": "values", "default": ()})

    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        namespace.values = (*namespace.values, (self.const, values))


class Parser(argparse.ArgumentParser):
    """
    One command's options, explained in one language. Raises InputError for what it cannot read.

    `more` ends the description; it is called only when the help is shown. `top` has all commands, of which another one
    may have the option that this one lacks. `groups` orders the commands under titles in the help; without it they are
    one list.
    """

    def __init__(self, words: Words, more: Callable[[], str] = str, top: Parser | None = None, **settings: Any) -> None:
        # An abbreviation would mean something else, or nothing, as soon as an option is added.
        super().__init__(formatter_class=Formatter, add_help=False, allow_abbrev=False, exit_on_error=False, **settings)
        self.more = more
        self.top = top or self
        self.groups: Mapping[str, Sequence[str]] = {}
        self._positionals.title, self._optionals.title = words("help_arguments"), words("help_options")
        self.add_argument("-h", "--help", action="help", help=words("help_help"))
        self.add_argument("--lang", choices=LANGUAGES, help=words("help_lang"))

    @property
    def _commands(self) -> argparse._SubParsersAction[Parser] | None:
        actions = self._subparsers._group_actions if self._subparsers else ()
        return next((action for action in actions if isinstance(action, argparse._SubParsersAction)), None)

    def commands(self) -> Mapping[str, Parser]:
        """The commands under this one, by name."""
        return self._commands.choices if self._commands else {}

    def descendants(self) -> Iterator[Parser]:
        """This parser, and all commands below it."""
        yield self
        for below in self.commands().values():
            yield from below.descendants()

    def format_help(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        formatter.add_text("\n\n".join(text for text in (self.description, self.more()) if text))
        for title, actions in self._help_sections():
            formatter.start_section(title)
            formatter.add_arguments(actions)
            formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def _help_sections(self) -> Iterator[tuple[str | None, Iterable[argparse.Action]]]:
        commands = {each.dest: each for each in self._commands._get_subactions()} if self._commands else {}
        for title, names in self.groups.items():
            yield title, [commands[name] for name in names]
        for group in self._action_groups:
            if not self.groups or group is not self._subparsers:
                yield group.title, group._group_actions

    # ---- argparse's own questions, whose wrong answers become sentences

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._commands and args and args[0].startswith("-"):
            given = args[0].partition("=")[0]
            if given not in self._option_string_actions:
                # Its value would be taken for the command.
                raise InputError(say("option_before_command", given=given, command=self.prog))
        try:
            known, left = super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            if error.argument_name is None:
                self.error(error.message)
            raise InputError(say("option_with_value", option=error.argument_name, command=self.prog)) from None
        if left:
            raise InputError(self._unexpected(next((word for word in left if word.startswith("-")), left[0])))
        return known, left

    def error(self, message: str) -> NoReturn:
        """What is required was not given."""
        required = [action for action in self._get_positional_actions() if action.required]
        name = ", ".join(str(action.metavar or action.dest) for action in required)
        known = ", ".join(str(choice) for action in required for choice in action.choices or ())
        code = "argument_missing_known" if known else "argument_missing"
        raise InputError(say(code, name=name, command=self.prog, **({"known": known} if known else {})))

    def _match_argument(self, action: argparse.Action, arg_strings_pattern: str) -> int:
        try:
            return super()._match_argument(action, arg_strings_pattern)
        except argparse.ArgumentError:
            option, value = action.option_strings[-1], str(action.metavar or "|".join(map(str, action.choices or ())))
            raise InputError(say("option_without_value", option=option, value=value)) from None

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError:
            code = "whole_number_expected" if action.type is int else "number_expected"
            raise InputError(say(code, option=action.option_strings[-1], given=arg_string)) from None

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        given, known = str(value), [str(choice) for choice in action.choices]
        if action is self._commands:
            raise InputError(self._unknown_command(given, known))
        option = action.option_strings[-1] if action.option_strings else f"`{self.prog}`"
        raise InputError(_with_near("choice_unknown", given, known, option=option, known=", ".join(known)))

    def _unexpected(self, given: str) -> Sentence:
        if given.startswith("-"):
            option = given.partition("=")[0]
            others = [made.prog for made in self.top.descendants() if option in made._option_string_actions]
            if others:
                names = ", ".join(f"`{program}`" for program in others)
                return say("option_elsewhere", given=option, count=len(others), others=names, command=self.prog)
            return _with_near("option_unknown", option, self._option_string_actions, command=self.prog)
        return say("argument_unexpected", given=given, command=self.prog)

    def _unknown_command(self, given: str, known: Sequence[str]) -> Sentence:
        if "/" in given or given.startswith(".") or given.endswith((".tf", ".json")):
            return say("command_is_path", given=given)
        # Also those below: `show` alone is `prices show`.
        programs = {name: made.prog for parent in self.commands().values() for name, made in parent.commands().items()}
        programs.update({name: f"{self.prog} {name}" for name in known})
        if found := near(given, programs):
            return say("command_unknown_near", given=given, near=programs[found], command=self.prog)
        return say("command_unknown", given=given, known=", ".join(known), command=self.prog)


def near(given: str, known: Iterable[str]) -> str | None:
    """The name that was probably meant, if any is near enough."""
    import difflib

    # The hyphens that all options begin with would make any two of them alike.
    by_lower = {name.lower().lstrip("-"): name for name in known}
    found = difflib.get_close_matches(given.lower().lstrip("-"), by_lower, n=1)
    return by_lower[found[0]] if found else None


def _with_near(code: str, given: str, names: Iterable[str], /, **params: str) -> Sentence:
    """The sentence of `code`, or of `code`_near, which names what was probably meant."""
    if found := near(given, names):
        return say(f"{code}_near", given=given, near=found, **params)
    return say(code, given=given, **params)
