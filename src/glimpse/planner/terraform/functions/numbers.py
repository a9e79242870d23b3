"""Numeric functions. Source of every entry: Terraform's documentation, "Numeric Functions"."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.table import Table, function, not_computed
from glimpse.planner.terraform.numbers import MAX_EXPONENT, Number, rounded
from glimpse.planner.terraform.types import ANY, NUMBER
from glimpse.planner.terraform.values import Null, Value

NUMBERS: Table = {}

function(NUMBERS, "abs", NUMBER, returns=NUMBER, examples=["abs(-2.5) == 2.5", 'abs("-7") == 7'])(abs)


@function(NUMBERS, "ceil", NUMBER, returns=NUMBER, examples=["ceil(5.1) == 6", "ceil(-5.1) == -5", "ceil(1 / 3) == 1"])
def _ceil(number: Number) -> Number:
    return rounded(math.ceil(number))


@function(NUMBERS, "floor", NUMBER, returns=NUMBER, examples=["floor(5.9) == 5", "floor(-5.1) == -6"])
def _floor(number: Number) -> Number:
    return rounded(math.floor(number))


@function(NUMBERS, "max", returns=NUMBER, rest=NUMBER, examples=['max(1, "12", -3) == 12', "can(max()) == false"])
def _max(*numbers: Number) -> Number:
    return _extreme(max, numbers)


@function(
    NUMBERS,
    "min",
    returns=NUMBER,
    rest=NUMBER,
    examples=["min(1, 12, -3) == -3", "min([4, 2]...) == 2", "can(min()) == false"],
)
def _min(*numbers: Number) -> Number:
    return _extreme(min, numbers)


def _extreme(choose: Callable[[tuple[Number, ...]], Number], numbers: tuple[Number, ...]) -> Number:
    if not numbers:
        raise EvaluationError("must pass at least one number")
    return choose(numbers)


@function(
    NUMBERS,
    "sum",
    ANY,
    returns=NUMBER,
    examples=[
        'sum([1, "2", 3.5]) == 6.5',
        "sum([0.1, 0.2]) == 0.3",
        "can(sum([])) == false",
        "sum(toset([1, 1])) == 1",
    ],
)
def _sum(numbers: Value) -> Number:
    if not isinstance(numbers, tuple):
        raise EvaluationError("argument must be list, set, or tuple")
    if not numbers:
        raise EvaluationError("cannot sum an empty list")
    total: Number = 0
    for number in numbers:
        if type(number) is Null:
            raise EvaluationError("argument must be list, set, or tuple of number values")
        total = rounded(total + convert(number, NUMBER))
    return total


@function(
    NUMBERS,
    "parseint",
    ANY,
    NUMBER,
    returns=NUMBER,
    examples=[
        'parseint("-ff", 16) == -255',
        'parseint("zZ", 62) == 2231',
        'parseint("A", 36) == parseint("a", 36)',
        'can(parseint("12.5", 10)) == false',
        "can(parseint(12, 10)) == false",
    ],
)
def _parseint(text: Value, base: Number) -> Number:
    """Up to base 36 a capital letter is worth as much as a small one; above, the small ones are 10 to 35."""
    if type(text) is not str:
        raise EvaluationError("first argument must be a string")
    base = whole(base)
    if not 2 <= base <= 62:
        raise EvaluationError("base must be a whole number between 2 and 62 inclusive")
    digits = text[1:] if text.startswith(("+", "-")) else text
    if not digits or len(digits) > MAX_EXPONENT:
        raise EvaluationError("cannot parse the text as an integer")
    total = 0
    for digit in digits.lower() if base <= 36 else digits:
        worth = DIGITS.find(digit)
        if not 0 <= worth < base:
            raise EvaluationError("cannot parse the text as an integer of this base")
        total = total * base + worth
    return -total if text.startswith("-") else total


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function(
    NUMBERS,
    "signum",
    NUMBER,
    returns=NUMBER,
    examples=["signum(-13) == -1", "signum(0) == 0", "can(signum(0.5)) == false"],
)
def _signum(number: Number) -> Number:
    number = whole(number)
    return (number > 0) - (number < 0)


def whole(number: Number) -> int:
    """The number as one of 64 bits, which is what Terraform's functions count with. Raises EvaluationError."""
    if not isinstance(number, int) or not -(1 << 63) <= number < 1 << 63:
        raise EvaluationError("value must be a whole number")
    return number


@function(
    NUMBERS,
    "log",
    NUMBER,
    NUMBER,
    returns=NUMBER,
    examples=["log(16, 2) == 4", "ceil(log(15, 2)) == 4", "floor(log(1000, 10)) == 2", "can(log(-1, 10)) == false"],
)
def _log(number: Number, base: Number) -> Value:
    """In 64 bits, as Terraform computes it: log(1000, 10) is 2.9999999999999996 there, too."""
    return _from_float("log", _divided(_natural_log(float(number)), _natural_log(float(base))))


@function(
    NUMBERS,
    "pow",
    NUMBER,
    NUMBER,
    returns=NUMBER,
    examples=["pow(2, 10) == 1024", "pow(4, 0.5) == 2", "pow(2, -1) == 0.5", "can(pow(-8, 1 / 3)) == false"],
)
def _pow(number: Number, power: Number) -> Value:
    """In 64 bits, as Terraform computes it: pow(3, 40) ends in 456, not in 801."""
    return _from_float("pow", _power(float(number), float(power)))


def _from_float(name: str, found: float) -> Value:
    """
    The number that Terraform prints: its own remembers that it has 53 bits, and shows the fewest digits that tell it.

    Terraform computes on with an infinity, which our numbers cannot hold: unknown here. It refuses a NaN.
    """
    if math.isnan(found):
        raise EvaluationError("the result is not a number")
    if math.isinf(found):
        return not_computed(name, NUMBER)
    return int(found) if found.is_integer() else rounded(Fraction(repr(found)))


def _divided(one: float, other: float) -> float:
    if other:
        return one / other
    return math.copysign(math.inf, one) * math.copysign(1, other) if one else math.nan


LOG = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
       1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)  # fmt: skip
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def _natural_log(number: float) -> float:
    """
    FreeBSD's e_log.c, step by step, which is what Go computes. C's logarithm, and so Python's, differs from it in the
    last bit of one number in some hundreds, and `ceil` shows that bit.
    """
    if number <= 0:
        return math.nan if number else -math.inf
    fraction, exponent = math.frexp(number)
    if fraction < math.sqrt(2) / 2:
        fraction, exponent = fraction * 2, exponent - 1
    rest = fraction - 1
    s = rest / (2 + rest)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (LOG[0] + s4 * (LOG[2] + s4 * (LOG[4] + s4 * LOG[6])))
    even = s4 * (LOG[1] + s4 * (LOG[3] + s4 * LOG[5]))
    half = 0.5 * rest * rest
    return exponent * LN2_HIGH - ((half - (s * (half + (odd + even)) + exponent * LN2_LOW)) - rest)


EXPONENTIAL = (2.4801587301587301587e-5, 1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
               4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5, 1.0)  # fmt: skip
LN2_UPPER, LN2_LOWER = (
    0.69314718055966295651160180568695068359375,
    0.28235290563031577122588448175013436025525412068e-12,
)


def _exponential(number: float) -> float:
    """
    What Go computes on AMD64 processors that multiply and add in one rounding, which all since 2013 do: Shibata's
    method. Elsewhere the last bit may be another one, in Terraform, too.
    """
    doublings = round(number * math.log2(math.e))
    rest = _multiply_add(-float(doublings), LN2_LOWER, _multiply_add(-float(doublings), LN2_UPPER, number)) * 0.0625
    found = EXPONENTIAL[0]
    for term in EXPONENTIAL[1:]:
        found = _multiply_add(rest, found, term)
    found *= rest
    for _ in range(3):
        found *= found + 2
    return math.ldexp(_multiply_add(found + 2, found, 1.0), doublings)


def _multiply_add(one: float, other: float, more: float) -> float:
    return float(Fraction(one) * Fraction(other) + Fraction(more))


def _power(number: float, power: float) -> float:
    """Go's math.Pow for finite numbers: by repeated multiplication, which rounds otherwise than C's does."""
    if power == 0 or number == 1:
        return 1.0
    if power == 1:
        return number
    if number == 0:
        return 0.0 if power > 0 else math.inf
    if abs(power) == 0.5:
        root = math.sqrt(number) if number > 0 else math.nan
        return root if power > 0 else 1 / root
    part, times = math.modf(abs(power))
    if part and number < 0:
        return math.nan
    if times >= 1 << 63:
        if number == -1:
            return 1.0
        return 0.0 if (abs(number) < 1) == (power > 0) else math.inf
    found, exponent = 1.0, 0
    if part:
        if part > 0.5:
            part, times = part - 1, times + 1
        found = _exponential(part * _natural_log(number))
    factor, doublings = math.frexp(number)
    bits = int(times)
    while bits:
        if not -(1 << 12) <= doublings <= 1 << 12:
            exponent += doublings
            break
        if bits & 1:
            found, exponent = found * factor, exponent + doublings
        factor, doublings = factor * factor, doublings * 2
        if factor < 0.5:
            factor, doublings = factor + factor, doublings - 1
        bits >>= 1
    if power < 0:
        found, exponent = 1 / found, -exponent
    try:
        return math.ldexp(found, exponent)
    except OverflowError:
        return math.copysign(math.inf, found)
