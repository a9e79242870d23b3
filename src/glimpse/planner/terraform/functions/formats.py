"""What `format` and `formatlist` make of a format string and values, as Go formats numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.json_writing import json_of
from glimpse.planner.terraform.functions.table import Context
from glimpse.planner.terraform.functions.texts import graphemes, normalised
from glimpse.planner.terraform.numbers import Number, text_of
from glimpse.planner.terraform.types import BOOL, NUMBER, STRING
from glimpse.planner.terraform.values import Null, Value

VERB = re.compile(
    r"%(?:%|(?P<flags>[ #+\-0]*)(?P<width>[1-9]\d*)?(?P<precision>\.\d*)?(?P<index>\[[1-9]\d*\])?(?P<mode>[a-zA-Z])?)",
    re.A,
)
"""%*d, which takes the width from an argument, is refused: Terraform has no such thing."""


def formatted(context: Context, format_: str, arguments: Sequence[Value]) -> str:
    """Raises EvaluationError where a verb does not fit its argument, or where arguments are left over."""
    made: list[str] = []
    end, following, used = 0, 0, 0
    for match in VERB.finditer(format_):
        made.append(format_[end : match.start()])
        end = match.end()
        if match[0] == "%%":
            made.append("%")
            continue
        if not match["mode"]:
            raise EvaluationError("invalid format string")
        place = int(match["index"][1:-1]) - 1 if match["index"] else following
        if place >= len(arguments):
            raise EvaluationError("not enough arguments for the format string")
        following, used = place + 1, max(used, place + 1)
        width, precision = int(match["width"] or 0), int((match["precision"] or ".")[1:] or 0)
        context.spend(width + precision)
        text = _verb(context, match, arguments[place], width, precision)
        context.spend(len(text))
        made.append(text)
    if used < len(arguments):
        raise EvaluationError("too many arguments for the format string")
    return normalised("".join([*made, format_[end:]]))


def _verb(context: Context, match: re.Match[str], value: Value, width: int, precision: int) -> str:
    mode, flags = match["mode"], match["flags"]
    if mode not in "vtbdoxXeEfgGsq":
        raise EvaluationError("unsupported format verb")
    if mode != "v" and type(value) is Null:
        raise EvaluationError("null value cannot be formatted")
    if mode == "t":
        return "true" if convert(value, BOOL) else "false"
    if mode in "bdoxX":
        return _integer(mode, flags, width, match["precision"], convert(value, NUMBER))
    if mode in "eEfgG":
        text = _float(mode, precision if match["precision"] else None, convert(value, NUMBER))
        return _signed(text, flags, width, zeros="0" in flags)
    if mode == "v":
        text = _default(context, value, sharp="#" in flags)
    else:
        text = convert(value, STRING)
        if precision > 0:
            text = "".join(graphemes(text)[:precision])
        text = json_of(context, text) if mode == "q" else text
    fill = ("0" if "0" in flags else " ") * (width - len(graphemes(text)) if width else 0)
    return text + fill if "-" in flags else fill + text


def _default(context: Context, value: Value, sharp: bool) -> str:
    if not sharp and type(value) is str:
        return value
    if not sharp and type(value) in (int, Fraction):
        return _float("g", None, value)
    return json_of(context, value)


BASES = {"b": ("b", "0b"), "d": ("d", ""), "o": ("o", "0"), "x": ("x", "0x"), "X": ("X", "0X")}


def _integer(mode: str, flags: str, width: int, precision: str | None, number: Number) -> str:
    """As Go formats a big.Int: a precision is the least number of digits, and then zeros do not fill the width."""
    if not isinstance(number, int):
        raise EvaluationError("an integer is required")
    letter, prefix = BASES[mode]
    digits = format(abs(number), letter)
    if precision is not None:
        places = int(precision[1:] or 0)
        if not number and not places:
            return ""
        digits = digits.rjust(places, "0")
    sign = "-" if number < 0 else "+" if "+" in flags else " " if " " in flags else ""
    before = sign + (prefix if "#" in flags else "")
    if "0" in flags and "-" not in flags and precision is None:
        return before + digits.rjust(width - len(before), "0")
    return (before + digits).ljust(width) if "-" in flags else (before + digits).rjust(width)


def _signed(text: str, flags: str, width: int, zeros: bool) -> str:
    """As Go formats a big.Float, in which zeros go before everything else that is said about the width."""
    sign = "-" if text.startswith("-") else "+" if "+" in flags else " " if " " in flags else ""
    digits = text.removeprefix("-")
    if zeros:
        return sign + digits.rjust(width - len(sign), "0")
    return (sign + digits).ljust(width) if "-" in flags else (sign + digits).rjust(width)


def _float(mode: str, precision: int | None, number: Number) -> str:
    """
    As Go formats a big.Float: %e and %f have 6 digits after the point unless told otherwise, %g as many as tell the
    number from every other one, and an exponent where that is below -4, or reaches the precision or else 6.
    """
    sign, digits, point = _decimal(number)
    shortest = mode in "gG" and precision is None
    if mode in "eE":
        digits, point = _rounded(number, digits, point, 1 + (6 if precision is None else precision))
    elif mode == "f":
        digits, point = _rounded(number, digits, point, point + (6 if precision is None else precision))
    elif precision is not None:
        digits, point = _rounded(number, digits, point, precision or 1)
    if mode == "f":
        return sign + _positional(digits, point, 6 if precision is None else precision)
    if mode in "eE":
        return sign + _exponential(mode, digits, point, 6 if precision is None else precision)
    digits = digits.rstrip("0")
    limit = len(digits) if shortest else precision or 1
    if not shortest and limit > len(digits) >= point:
        limit = len(digits)
    if point - 1 < -4 or point - 1 >= (6 if shortest else limit):
        return sign + _exponential("e" if mode == "g" else "E", digits, point, max(len(digits) - 1, 0))
    return sign + _positional(digits, point, max(len(digits) - point, 0))


def _decimal(number: Number) -> tuple[str, str, int]:
    """The sign, the digits without zeros around them, and where the point stands among them: 0.05 is 5 and -1."""
    text = text_of(number).removeprefix("-")
    before, _, after = text.partition(".")
    digits = (before + after).lstrip("0")
    point = len(before) - (len(before + after) - len(digits)) if digits else 0
    return "-" if number < 0 else "", digits.rstrip("0"), point


def _rounded(number: Number, digits: str, point: int, count: int) -> tuple[str, int]:
    """The first digits of the exact number; of two as near, the even one."""
    if not digits:
        return "", 0
    scaled = round(abs(Fraction(number)) * Fraction(10) ** (count - point)) if count >= 0 else 0
    text = str(scaled)
    if scaled == 0:
        return "", 0
    return text.rstrip("0"), point + len(text) - count


def _positional(digits: str, point: int, places: int) -> str:
    before = digits[:point].ljust(point, "0") if point > 0 else "0"
    after = ("0" * -point + digits if point <= 0 else digits[point:])[:places].ljust(places, "0")
    return f"{before}.{after}" if places else before


def _exponential(letter: str, digits: str, point: int, places: int) -> str:
    exponent = point - 1 if digits else 0
    digits = (digits or "0").ljust(places + 1, "0")
    after = f".{digits[1 : places + 1]}" if places else ""
    return f"{digits[0]}{after}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
