"""
Expressions become values, as Terraform evaluates them (the HCL syntax-agnostic model, and go-cty beneath it).

What depends on an unknown is unknown, except where Terraform itself decides. One thing goes beyond Terraform: what a
root variable without a value is compared with is noted in the world (worlds.py), so that the stack can be priced once
for each of the values that make a difference.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Protocol

from glimpse.planner.terraform.budget import BITS_PER_STEP, MAX_DEPTH, Budget
from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.functions import FUNCTIONS
from glimpse.planner.terraform.functions.table import Context
from glimpse.planner.terraform.numbers import Number, rounded
from glimpse.planner.terraform.sources import OutsideProject
from glimpse.planner.terraform.syntax import (
    EACH,
    Binary,
    Call,
    Conditional,
    DottedKey,
    Expression,
    For,
    GetAttribute,
    Index,
    Literal,
    ObjectOf,
    Reference,
    Splat,
    SyntaxProblem,
    Template,
    TemplateFor,
    TupleOf,
    Unary,
)
from glimpse.planner.terraform.types import ANY, BOOL, NUMBER, STRING, Type, unify
from glimpse.planner.terraform.values import (
    PLAIN,
    Cause,
    List,
    Null,
    Set,
    Unknown,
    Value,
    elements_of,
    equal,
    is_known,
    resolved,
    type_of,
    unknown_of,
)
from glimpse.planner.terraform.worlds import Place, World

NAME = re.compile(r"[^\W\d][\w-]*")


class Module(Protocol):
    """Where names that a scope does not hold itself are looked up. `path` is the module's address."""

    @property
    def path(self) -> str: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def world(self) -> World: ...
    @property
    def functions(self) -> Context: ...

    def lookup(self, names: tuple[str, ...], scope: Scope) -> tuple[Value, int]:
        """The value that a reference begins with, and how many of its names that took. Raises EvaluationError."""

    def failed(self, error: EvaluationError, *, costs: bool = True) -> Unknown:
        """Note an expression that Terraform would refuse; what it stands for is unknown."""

    def outside(self, function: str, file: str, line: int) -> Unknown:
        """Note a function that asks for a file outside the project; what it gives is unknown."""


class Scope:
    """What an expression may name: variables of `for`, `each` and the like, and all that its module holds."""

    __slots__ = ("file", "module", "names")

    def __init__(self, module: Module, file: str, names: Mapping[str, Value]) -> None:
        self.module = module
        self.file = file
        self.names = names

    def within(self, names: Mapping[str, Value]) -> Scope:
        """This scope with further names, which hide those of the same name."""
        return Scope(self.module, self.file, {**self.names, **names})


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Raises EvaluationError where Terraform would refuse, with the place; TooMuch at a bound."""
    if type(expression) is Literal:
        return expression.value
    budget = scope.module.budget
    budget.step()
    budget.depth += 1
    if budget.depth > MAX_DEPTH:
        raise TooMuch("depth", MAX_DEPTH, scope.file, expression.line)
    try:
        return EVALUATORS[type(expression)](expression, scope)
    except (EvaluationError, TooMuch) as error:
        if not error.line:
            error.file, error.line = scope.file, expression.line
        raise
    finally:
        budget.depth -= 1


# ---- Names, attributes and indexes


def _reference(expression: Reference, scope: Scope) -> Value:
    names = expression.names
    if names[0] in scope.names:
        value, taken = scope.names[names[0]], 1
    else:
        value, taken = scope.module.lookup(names, scope)
    for name in names[taken:]:
        value = attribute_of(value, name)
    return value


def _get_attribute(expression: GetAttribute, scope: Scope) -> Value:
    return attribute_of(evaluate(expression.source, scope), expression.name)


def attribute_of(value: Value, name: str) -> Value:
    kind = type(value)
    if kind is Unknown:
        return value.derived()
    if issubclass(kind, dict):
        if name in value:
            return value[name]
        raise EvaluationError(f'there is no attribute "{name}"')
    if kind is Null:
        raise EvaluationError(f'attempt to get attribute "{name}" from a null value')
    if issubclass(kind, tuple) or kind in PLAIN:
        raise EvaluationError(f'this value has no attributes, so none named "{name}"')
    return value.attribute(name)


def _index(expression: Index, scope: Scope) -> Value:
    return index_of(evaluate(expression.source, scope), evaluate(expression.key, scope), expression, scope)


def index_of(value: Value, key: Value, expression: Expression, scope: Scope) -> Value:
    kind = type(value)
    if kind is Null or type(key) is Null:
        raise EvaluationError("a null value has no elements" if kind is Null else "an index must not be null")
    if kind is Unknown:
        return unknown_of(value, key)
    if type(key) is Unknown:
        if key.variable and issubclass(kind, dict):
            scope.module.budget.step(len(value))
            _compared(key, list(value), expression, scope)
            if _is_none_of(key, value):
                raise EvaluationError("there is no such key")
        return replace(unknown_of(value, key), references=frozenset())
    if issubclass(kind, dict):
        return attribute_of(value, convert(key, STRING))
    if kind is Set:
        raise EvaluationError("elements of a set are identified only by their value, not by an index")
    if issubclass(kind, tuple):
        place = convert(key, NUMBER)
        if not isinstance(place, int) or not 0 <= place < len(value):
            raise EvaluationError("there is no element at this index")
        return value[place]
    if kind in PLAIN:
        raise EvaluationError("this value has no elements")
    return value.attribute(convert(key, STRING))


def _splat(expression: Splat, scope: Scope) -> Value:
    source = evaluate(expression.source, scope)
    kind = type(source)
    if kind is Null and source.type.kind in ("list", "set", "tuple"):
        raise EvaluationError("a null list has no elements")
    if kind is Null:
        return ()
    if kind is Unknown:
        return source.derived()
    several = issubclass(kind, tuple)
    if several:
        scope.module.budget.step(len(source))
    found = []
    for item in source if several else (source,):
        found.append(evaluate(expression.each, scope.within({EACH: item})))
    return List(found) if kind in (List, Set) and found else List((), ANY) if kind in (List, Set) else tuple(found)


# ---- Collections


def _tuple(expression: TupleOf, scope: Scope) -> Value:
    return _made(tuple([evaluate(item, scope) for item in expression.items]), scope)


def _made(value: Value, scope: Scope) -> Value:
    """A new collection, counted against the budget."""
    scope.module.budget.spend_on(value)
    return value


def _object(expression: ObjectOf, scope: Scope) -> Value:
    made: dict[str, Value] = {}
    unknown_keys = []
    for key_expression, item in expression.entries:
        key, value = evaluate(key_expression, scope), evaluate(item, scope)
        if type(key) is Unknown:
            unknown_keys += [key, value]
            continue
        if type(key) is Null:
            raise EvaluationError("a key of an object must not be null")
        made[convert(key, STRING)] = value
    return unknown_of(*unknown_keys, made) if unknown_keys else _made(made, scope)


def _dotted_key(expression: DottedKey, scope: Scope) -> Value:
    raise SyntaxProblem("key_ambiguous", expression.line, scope.file)


def _for(expression: For, scope: Scope) -> Value:
    source = resolved(evaluate(expression.collection, scope))
    if type(source) is Unknown:
        return source.derived()
    if type(source) is Null:
        raise EvaluationError("a null value cannot be walked through by for")
    elements = elements_of(source)
    if elements is None:
        raise EvaluationError("this value cannot be walked through by for")
    if expression.condition and not elements:
        # Terraform checks the condition also where it is never asked.
        turn = scope.within(dict.fromkeys((expression.key or "", expression.value), Unknown()))
        _wanted(expression.condition, turn)
    items: list[Value] = []
    entries: dict[str, Value] = {}
    groups: dict[str, list[Value]] = {}
    undecided: list[Value] = []
    scope.module.budget.step(len(elements))
    for key, value in elements:
        names = {expression.value: value} if expression.key is None else {expression.key: key, expression.value: value}
        turn = scope.within(names)
        if expression.condition:
            wanted = _wanted(expression.condition, turn)
            if type(wanted) is Unknown:
                undecided.append(wanted)
                continue
            if not wanted:
                continue
        result = evaluate(expression.result, turn)
        if not expression.result_key:
            items.append(result)
            continue
        result_key = evaluate(expression.result_key, turn)
        if type(result_key) is Null:
            raise EvaluationError("a key of a for must not be null")
        result_key = convert(result_key, STRING)
        if type(result_key) is Unknown:
            undecided.append(result_key)
        elif expression.grouped:
            groups.setdefault(result_key, []).append(result)
        elif result_key in entries:
            raise EvaluationError("two elements of a for have the same key: the grouping mode needs `...`")
        else:
            entries[result_key] = result
    if expression.grouped:
        entries = {name: tuple(group) for name, group in groups.items()}
    if undecided:
        return unknown_of(*undecided, *items, entries)
    return _made(entries if expression.result_key else tuple(items), scope)


def _wanted(condition: Expression, turn: Scope) -> Value:
    """Whether a turn of a `for` counts: a bool or unknown."""
    wanted = evaluate(condition, turn)
    if type(wanted) is Null:
        raise EvaluationError("the condition of a for must not be null")
    return convert(wanted, BOOL)


# ---- Text


def _template(expression: Template, scope: Scope) -> Value:
    texts: list[str] = []
    unknowns = []
    for part in expression.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = evaluate(part, scope)
        if type(value) is Null:
            raise EvaluationError("a null value cannot be included in a template")
        text = convert(value, STRING)
        if type(text) is Unknown:
            unknowns.append(text)
        else:
            texts.append(text)
    if unknowns:
        return unknown_of(*unknowns, type_=STRING)
    scope.module.budget.spend(sum(map(len, texts)))
    return "".join(texts)


def _template_for(expression: TemplateFor, scope: Scope) -> Value:
    as_tuple = For(
        expression.line, expression.key, expression.value, expression.collection, None, expression.body, None, False
    )
    found = _for(as_tuple, scope)
    if isinstance(found, Unknown):
        return found.derived(STRING)
    if not is_known(found):
        return unknown_of(found, type_=STRING)
    scope.module.budget.spend(sum(map(len, found)))
    return "".join(found)


# ---- Operators


def _unary(expression: Unary, scope: Scope) -> Value:
    value = evaluate(expression.operand, scope)
    wanted = NUMBER if expression.operator == "-" else BOOL
    operand = _operand(value, wanted)
    if type(operand) is Unknown:
        if wanted is BOOL:
            _used_as_bool(value, expression, scope)
        return operand.derived(wanted)
    return -operand if expression.operator == "-" else not operand


def _binary(expression: Binary, scope: Scope) -> Value:
    sign = expression.operator
    if sign in ("&&", "||"):
        return _logical(expression, scope)
    left, right = evaluate(expression.left, scope), evaluate(expression.right, scope)
    if sign in ("==", "!="):
        same = _equality(left, right, expression, scope)
        if isinstance(same, Unknown):
            return same
        return same is (sign == "==")
    left, right = _operand(left, NUMBER), _operand(right, NUMBER)
    if type(left) is Unknown or type(right) is Unknown:
        return unknown_of(left, right, type_=BOOL if sign in COMPARISONS else NUMBER)
    scope.module.budget.step(_bits(left, right) // BITS_PER_STEP)
    if sign in COMPARISONS:
        return COMPARISONS[sign](left, right)
    return ARITHMETIC[sign](left, right)


def _bits(left: Number, right: Number) -> int:
    """How much there is to compute with."""
    return left.numerator.bit_length() + left.denominator.bit_length() + right.denominator.bit_length()


def _operand(value: Value, wanted: Any) -> Value:
    if type(value) is Null:
        raise EvaluationError("an operand must not be null")
    return convert(value, wanted)


def _logical(expression: Binary, scope: Scope) -> Value:
    """`&&` and `||` are decided by either side that decides them, whatever the other is (Terraform 1.12 and later)."""
    decides = expression.operator == "||"
    left = _operand_of_logical(expression.left, scope)
    if left is decides:
        return decides
    right = _operand_of_logical(expression.right, scope)
    if right is decides:
        return decides
    for side in (left, right):
        if isinstance(side, EvaluationError):
            raise side
    if type(left) is Unknown or type(right) is Unknown:
        return unknown_of(left, right, type_=BOOL)
    return not decides


def _operand_of_logical(expression: Expression, scope: Scope) -> Value:
    """A bool or an unknown; an error is kept, for the other side may decide without this one."""
    try:
        value = evaluate(expression, scope)
        _used_as_bool(value, expression, scope)
        return _operand(value, BOOL)
    except EvaluationError as error:
        return error


def _equality(left: Value, right: Value, expression: Expression, scope: Scope) -> bool | Unknown:
    for one, other in ((left, right), (right, left)):
        if type(one) is Unknown and one.variable and type(other) in PLAIN:
            same_type = type(other) is Null or one.type.kind == "any" or one.type == type_of(other)
            if same_type and other in one.excluded:
                return False
            if same_type:
                _compared(one, [other], expression, scope)
    if type(left) in PLAIN and type(right) in PLAIN:
        scope.module.budget.walk(left, right)
        return equal(left, right)
    left, right = resolved(left), resolved(right)
    scope.module.budget.walk(left, right)
    # A null is never what holds something, however much of that is unknown.
    for one, other in ((left, right), (right, left)):
        if type(one) is Null and isinstance(other, tuple | dict):
            return False
    if not (is_known(left) and is_known(right)):
        return unknown_of(left, right, type_=BOOL)
    return equal(left, right)


def _modulo(left: Number, right: Number) -> Number:
    """The remainder of a division that is rounded towards zero."""
    if right == 0:
        raise EvaluationError("the remainder of a division by zero")
    return rounded(left - right * int(Fraction(left) / Fraction(right)))


def _quotient(left: Number, right: Number) -> Number:
    if right == 0:
        raise EvaluationError("division by zero")
    return rounded(Fraction(left) / Fraction(right))


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
ARITHMETIC: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": lambda left, right: rounded(left + right),
    "-": lambda left, right: rounded(left - right),
    "*": lambda left, right: rounded(left * right),
    "/": _quotient,
    "%": _modulo,
}


def _conditional(expression: Conditional, scope: Scope) -> Value:
    condition = evaluate(expression.condition, scope)
    if type(condition) is Null:
        raise EvaluationError("the condition of a conditional must not be null")
    _used_as_bool(condition, expression.condition, scope)
    chosen = convert(condition, BOOL)
    # A condition on `count.index` or on a variable of a `for` means something else each time.
    if type(chosen) is Unknown and scope.names.keys().isdisjoint(NAME.findall(expression.text)):
        place = Place(expression.text, scope.file, expression.line)
        chosen = scope.module.world.predicate(chosen, scope.module.path, place)
    yes, no = _branch(expression.yes, scope), _branch(expression.no, scope)
    scope.module.budget.walk(yes, no)
    if type(chosen) is Unknown:
        if isinstance(yes, EvaluationError) or isinstance(no, EvaluationError):
            return chosen.derived()
        common = _common_type(yes, no)
        if common.kind != "any" and is_known(yes) and is_known(no):
            yes, no = convert(yes, common), convert(no, common)
            if equal(yes, no):
                return yes
        # Which of the two it refers to is what nobody knows.
        return replace(unknown_of(chosen, yes, no, type_=common), references=frozenset())
    taken = yes if chosen else no
    if isinstance(taken, EvaluationError):
        raise taken
    if isinstance(yes, EvaluationError) or isinstance(no, EvaluationError):
        return taken
    common = _common_type(yes, no)
    return taken if type_of(taken) == common else convert(taken, common)


def _branch(expression: Expression, scope: Scope) -> Value:
    """The value of an expression, or why it has none: that only matters where it is taken."""
    try:
        return evaluate(expression, scope)
    except EvaluationError as error:
        return error


def _common_type(yes: Value, no: Value) -> Type:
    """The type of a conditional's result; any where that of one side is not known."""
    one, other = type_of(yes), type_of(no)
    if one == other:
        return one
    if type(yes) is Null and one.kind == "any":
        return other
    if type(no) is Null and other.kind == "any":
        return one
    if "any" in (one.kind, other.kind):
        return ANY
    common = unify([one, other])
    if common is None:
        raise EvaluationError("the two results of a conditional must have consistent types")
    return common


# ---- Functions


def _call(expression: Call, scope: Scope) -> Value:
    if expression.name in SPECIAL:
        return SPECIAL[expression.name](expression, scope)
    found = FUNCTIONS.get(expression.name)
    if found is None and not expression.name.startswith("provider::"):
        raise EvaluationError(f'there is no function named "{expression.name}"')
    if (
        expression.name == "templatestring"
        and expression.arguments
        and not isinstance(expression.arguments[0], Reference | Index | GetAttribute)
    ):
        raise EvaluationError("templatestring: the template must be a reference")
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.expands:
        last = arguments.pop()
        if type(last) is Unknown:
            return unknown_of(*arguments, last)
        if not isinstance(last, tuple):
            raise EvaluationError("only a list, a tuple or a set can be expanded into arguments")
        scope.module.budget.step(len(last))
        arguments += last
    if found is None:
        cause = Cause("function", expression.name, scope.file, expression.line)
        return unknown_of(*arguments, Unknown(causes=frozenset((cause,))))
    scope.module.budget.walk(*arguments)
    if expression.name in CHOOSING and len(arguments) > 1:
        decided = CHOOSING[expression.name](arguments, expression, scope)
        if decided is not None:
            return decided
    if expression.name == "tobool" and arguments:
        _used_as_bool(arguments[0], expression, scope)
    try:
        result = found.call(arguments, scope.module.functions)
        if isinstance(result, str):
            scope.module.budget.spend(len(result))
        if isinstance(result, tuple | dict):
            scope.module.budget.step(len(result))
            return _made(result, scope)
        return result
    except OutsideProject:
        return scope.module.outside(expression.name, scope.file, expression.line)


def _try(expression: Call, scope: Scope) -> Value:
    """The first argument without an error. One that is partly unknown may be of another type yet, so it is unknown."""
    for argument in expression.arguments:
        value = _branch(argument, scope)
        if not isinstance(value, EvaluationError):
            scope.module.budget.walk(value)
            return value if is_known(value) else unknown_of(value)
    raise EvaluationError("no argument of try can be evaluated")


def _can(expression: Call, scope: Scope) -> Value:
    if len(expression.arguments) != 1:
        raise EvaluationError("can: one argument is needed")
    value = _branch(expression.arguments[0], scope)
    if isinstance(value, EvaluationError):
        return False
    scope.module.budget.walk(value)
    return True if is_known(value) else unknown_of(value, type_=BOOL)


SPECIAL: Mapping[str, Callable[[Call, Scope], Value]] = {"try": _try, "can": _can}


# ---- What decides between worlds


def _compared(unknown: Unknown, candidates: Sequence[Value], expression: Expression, scope: Scope) -> None:
    scope.module.world.compare(unknown, candidates, Place("", scope.file, expression.line))


def _is_none_of(variable: Unknown, candidates: Iterable[Value]) -> bool:
    """Whether a variable has none of these values in this world."""
    try:
        return all(convert(candidate, variable.type) in variable.excluded for candidate in candidates)
    except EvaluationError:
        return False


def _used_as_bool(value: Value, expression: Expression, scope: Scope) -> None:
    if type(value) is Unknown and value.variable and value.type.kind in ("any", "bool"):
        _compared(value, [True, False], expression, scope)


def _contains(arguments: Sequence[Value], expression: Expression, scope: Scope) -> bool | None:
    """A variable in a list: false once it is none of the elements."""
    items, wanted = arguments[:2]
    if not (type(wanted) is Unknown and wanted.variable and isinstance(items, tuple) and is_known(items)):
        return None
    if not all(type(item) in PLAIN for item in items):
        return None
    _compared(wanted, items, expression, scope)
    return False if _is_none_of(wanted, items) else None


def _lookup(arguments: Sequence[Value], expression: Expression, scope: Scope) -> Value | None:
    """A variable as a key: the default once it is none of the keys."""
    entries, key = arguments[:2]
    if not (type(key) is Unknown and key.variable and isinstance(entries, dict)):
        return None
    _compared(key, list(entries), expression, scope)
    return arguments[2] if len(arguments) > 2 and _is_none_of(key, entries) else None


CHOOSING: Mapping[str, Callable[[Sequence[Value], Expression, Scope], Value | None]] = {
    "contains": _contains,
    "lookup": _lookup,
}

EVALUATORS: Mapping[type[Expression], Callable[[Any, Scope], Value]] = {
    Reference: _reference,
    GetAttribute: _get_attribute,
    Index: _index,
    Splat: _splat,
    TupleOf: _tuple,
    DottedKey: _dotted_key,
    ObjectOf: _object,
    For: _for,
    Template: _template,
    TemplateFor: _template_for,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Call: _call,
}
