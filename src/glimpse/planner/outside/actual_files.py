"""
What AWS says was used and paid: a Cost and Usage Report (CSV, gzip or Parquet) or an export of Cost Explorer (CSV).

Rows are read one by one and summed up, so that memory follows what was charged, not how many hours it was charged for.
"""

from __future__ import annotations

import calendar
import codecs
import csv
import datetime
import gzip
import io
import json
import re
import tomllib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from glimpse.planner.actual import BY_LINE_ITEM, BY_SERVICE, BY_USAGE_TYPE, Actual, Charge, ChargedSku, Period
from glimpse.planner.finding import InputError
from glimpse.planner.sentence import say
from glimpse.planner.usage_types import UsageType, UsageTypes

MAX_BYTES = 500_000_000
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_CHARGES = 300_000
"""
Up to this many charges are kept apart by resource; further ones are summed up without it. Twice as many end the
reading.
"""

MAX_CELL = 1_000_000
MAX_COLUMNS = 20_000

NUMBER = re.compile(r"-?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{0,40})?([eE][+-]?\d{1,2})?|-?\.\d{1,40}", re.ASCII)
DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ].*)?", re.ASCII)
HEAD = re.compile(r"(.*?)\s*\(([^()]*)\)\s*", re.DOTALL)
EXACT = Context(prec=100)

PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

USAGE_TYPE, COST, PRODUCT = "line_item_usage_type", "line_item_unblended_cost", "line_item_product_code"
REQUIRED = (USAGE_TYPE, COST, PRODUCT)
GROUPS = {"service": BY_SERVICE, "usage type": BY_USAGE_TYPE, "서비스": BY_SERVICE, "사용 유형": BY_USAGE_TYPE}
"""The first cell of a Cost Explorer export, by what its rows are grouped by."""

CURRENCIES = ("€", "£", "¥", "₩", "CNY", "EUR", "INR", "JPY")
QUANTITIES = ("usage quantity", "usage amount", "quantity", "사용량")

ChargeKey = tuple[str, str, str, str, str, str | None, bool | None]


def read_actual(path: Path, today: datetime.date) -> Actual:
    """
    The newest whole month of an export, else the month with the most days. Raises InputError.

    `today` tells whether a month is over.
    """
    name = str(path)
    try:
        if not path.is_file():
            raise InputError(say("actual_file_missing", path=name))
        if path.stat().st_size > MAX_BYTES:
            raise InputError(say("actual_file_too_large", path=name, limit=MAX_BYTES // 1_000_000))
        with path.open("rb") as file:
            begin = file.read(4)
            file.seek(0)
            if begin.startswith(PARQUET):
                return _Report(name, today).of(_parquet_rows(name, file))
            if begin.startswith(ZIP):
                raise InputError(say("actual_file_zip", path=name))
            if not begin.startswith(GZIP):
                return _from_text(name, file, today)
            with gzip.open(file) as unpacked:
                return _from_text(name, unpacked, today)  # type: ignore[arg-type]
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(say("actual_file_not_gzip", path=name)) from None
    except OSError as error:
        raise InputError(say("actual_file_unreadable", path=name, detail=error.strerror or "")) from None


@cache
def usage_types() -> UsageTypes:
    """The table beside this module."""
    table = tomllib.loads((files("glimpse.planner.outside") / "usage_types.toml").read_text(encoding="utf-8"))
    rows = [UsageType(*row) for row in table["usage"]["types"]]
    return UsageTypes(rows, table["regions"], table["services"], table["everywhere"])


# ---- Text


class _Bounded(io.RawIOBase):
    """A stream that ends with an InputError where what is unpacked would fill the disk of whoever reads it."""

    def __init__(self, name: str, inner: BinaryIO) -> None:
        self._name, self._inner, self._left = name, inner, MAX_UNPACKED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._inner.read(len(buffer))
        self._left -= len(found)
        if self._left < 0:
            raise InputError(say("actual_file_too_large", path=self._name, limit=MAX_UNPACKED_BYTES // 1_000_000))
        buffer[: len(found)] = found
        return len(found)


def _from_text(name: str, file: BinaryIO, today: datetime.date) -> Actual:
    begin = file.read(4)
    file.seek(0)
    if not begin:
        raise InputError(say("actual_file_empty", path=name))
    encoding = next((encoding for mark, encoding in MARKS if begin.startswith(mark)), "utf-8")
    text = io.TextIOWrapper(io.BufferedReader(_Bounded(name, file)), encoding=encoding, newline="")
    with _csv_of(name) as reader_of:
        rows = reader_of(text)
        head = next((row for row in rows if any(cell.strip() for cell in row)), None)
        if head is None:
            raise InputError(say("actual_file_empty", path=name))
        columns = [_column(cell) for cell in head]
        if all(column in columns for column in REQUIRED):
            return _Report(name, today).of(_csv_rows(rows, columns))
        group = GROUPS.get(head[0].strip().lower())
        if group and len(head) > 1:
            return _Explorer(name, today, group).of(head, rows)
    missing = [column for column in REQUIRED if column not in columns]
    raise InputError(say("actual_columns_missing", path=name, columns=", ".join(missing)))


class _Lines:
    """Rows of CSV, with the line that the last one ended on."""

    def __init__(self, text: Iterable[str]) -> None:
        csv.field_size_limit(MAX_CELL)
        self._reader = csv.reader(text)

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        row = next(self._reader)
        if len(row) > MAX_COLUMNS:
            raise csv.Error(f"> {MAX_COLUMNS}")
        return row

    @property
    def line(self) -> int:
        return self._reader.line_num


@contextmanager
def _csv_of(name: str) -> Iterator[Any]:
    """Reads CSV; what is no text or no CSV becomes an InputError with the line that it was met on."""
    lines: list[_Lines] = []

    def reader_of(text: Iterable[str]) -> _Lines:
        lines.append(_Lines(text))
        return lines[0]

    try:
        yield reader_of
    except UnicodeError:
        raise InputError(say("actual_file_encoding", path=name), name, lines[0].line + 1) from None
    except csv.Error as error:
        raise InputError(say("actual_file_not_csv", path=name, detail=str(error)[:200]), name, lines[0].line) from None


def _column(cell: str) -> str:
    """`line_item_usage_type` of `lineItem/UsageType`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cell.strip()).replace("/", "_").lower()


ExportRow = tuple[Mapping[str, Any], int | None]
"""The cells of one row by column, and its line."""

WANTED = (
    USAGE_TYPE, COST, PRODUCT, "line_item_resource_id", "line_item_usage_amount", "line_item_line_item_type",
    "line_item_operation", "line_item_currency_code", "line_item_usage_start_date", "line_item_usage_end_date",
    "bill_billing_period_start_date", "pricing_public_on_demand_cost", "product", "product_region_code",
    "product_region", "resource_tags", "savings_plan_savings_plan_effective_cost", "savings_plan_used_commitment",
    "savings_plan_total_commitment_to_date", "reservation_effective_cost", "reservation_unused_recurring_fee",
    "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_reservation_a_r_n",
)  # fmt: skip
TAGS = "resource_tags"


def _csv_rows(rows: _Lines, columns: Sequence[str]) -> Iterator[ExportRow]:
    wanted = [(at, column) for at, column in enumerate(columns) if column in WANTED]
    tags = [at for at, column in enumerate(columns) if column.startswith(TAGS + "_")]
    for row in rows:
        if not row:
            continue
        cells: dict[str, Any] = {column: row[at] if at < len(row) else "" for at, column in wanted}
        if tags:
            cells[TAGS] = any(row[at].strip() for at in tags if at < len(row))
        yield cells, rows.line


def _parquet_rows(name: str, file: BinaryIO) -> Iterator[ExportRow]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(say("actual_parquet_extra", path=name)) from None
    try:
        table = pyarrow.parquet.ParquetFile(file)
        named = {column: _column(column) for column in table.schema_arrow.names}
        missing = [column for column in REQUIRED if column not in named.values()]
        if missing:
            raise InputError(say("actual_columns_missing", path=name, columns=", ".join(missing)))
        sizes = (table.metadata.row_group(at).total_byte_size for at in range(table.num_row_groups))
        if sum(sizes) > MAX_UNPACKED_BYTES:
            raise InputError(say("actual_file_too_large", path=name, limit=MAX_UNPACKED_BYTES // 1_000_000))
        wanted = [column for column, plain in named.items() if plain in WANTED or plain.startswith(TAGS + "_")]
        for batch in table.iter_batches(batch_size=10_000, columns=wanted):
            for row in batch.to_pylist():
                cells: dict[str, Any] = {}
                for column, value in row.items():
                    plain = named[column]
                    if plain.startswith(TAGS):
                        cells[TAGS] = bool(cells.get(TAGS)) or bool(value)
                    else:
                        cells[plain] = value
                yield cells, None
    except (pyarrow.ArrowException, ValueError, OSError) as error:
        raise InputError(say("actual_file_not_parquet", path=name, detail=str(error)[:200])) from None


# ---- Sums


@dataclass(slots=True)
class _Sum:
    usd: Decimal = Decimal(0)
    quantity: Decimal | None = None
    list_usd: Decimal | None = None


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else other if one is None else EXACT.add(one, other)


@dataclass
class _Month:
    sums: dict[ChargeKey, _Sum] = field(default_factory=dict)
    days: set[int] = field(default_factory=set)

    def add(self, name: str, key: ChargeKey, usd: Decimal, quantity: Decimal | None, list_usd: Decimal | None) -> None:
        if key not in self.sums and len(self.sums) >= MAX_CHARGES:
            key = (*key[:3], "", *key[4:])  # without its resource
            if len(self.sums) >= 2 * MAX_CHARGES:
                raise InputError(say("actual_too_many", path=name, limit=2 * MAX_CHARGES))
        held = self.sums.setdefault(key, _Sum())
        held.usd = EXACT.add(held.usd, usd)
        held.quantity = _added(held.quantity, quantity)
        held.list_usd = _added(held.list_usd, list_usd)


class _Months:
    """What was charged in each month of an export."""

    def __init__(self, name: str, today: datetime.date) -> None:
        self.name = name
        self.months: dict[str, _Month] = defaultdict(_Month)
        self._today = today

    def actual(self, grouped_by: str) -> Actual:
        """The newest whole month, else the one with the most days."""
        if not self.months:
            raise InputError(say("actual_no_rows", path=self.name))
        periods = [self._period(month) for month in self.months]
        chosen = max(periods, key=lambda period: (period.is_whole, 0 if period.is_whole else period.days, period.month))
        types = usage_types()
        charges = tuple(_charge(types, key, held, grouped_by) for key, held in self.months[chosen.month].sums.items())
        return Actual(self.name, chosen, charges, grouped_by, types.comparable, types.products)

    def _period(self, month: str) -> Period:
        if not month:
            return Period("")
        year, number = int(month[:4]), int(month[5:])
        count = calendar.monthrange(year, number)[1]
        over = [day for day in self.months[month].days if datetime.date(year, number, day) < self._today]
        return Period(month, len(over), count)


@lru_cache(maxsize=10_000)
def _bought(product: str, usage_type: str, operation: str) -> tuple[ChargedSku, ...]:
    return usage_types().bought(product, usage_type, operation)


def _charge(types: UsageTypes, key: ChargeKey, held: _Sum, grouped_by: str) -> Charge:
    product, usage_type, operation, resource, line_type, region, tagged = key
    # A report from Cost Explorer's API has the names of services where others have product codes.
    product = types.product(product)
    known = types.region_of(usage_type) or region or ("us-east-1" if usage_type else None)
    bought = _bought(product, usage_type, operation) if grouped_by != BY_SERVICE else ()
    return Charge(
        product, usage_type, Fraction(held.usd), None if held.quantity is None else Fraction(held.quantity),
        operation, resource, line_type, known, None if held.list_usd is None else Fraction(held.list_usd), tagged,
        bought,
    )  # fmt: skip


# ---- Reports


class _Report:
    """
    A Cost and Usage Report. Costs are AWS's amortized ones where the report has the columns for them: a covered hour
    costs what it took of its commitment, and a commitment what nobody used of it (Cost and Usage Report user guide,
    reservation/ and savingsPlan/ columns); else they are unblended.
    """

    def __init__(self, name: str, today: datetime.date) -> None:
        self._name = name
        self._months = _Months(name, today)

    def of(self, rows: Iterator[ExportRow]) -> Actual:
        for cells, line in rows:
            self._add(cells, line)
        return self._months.actual(BY_LINE_ITEM)

    def _add(self, cells: Mapping[str, Any], line: int | None) -> None:
        currency = _text(cells.get("line_item_currency_code"))
        if currency not in ("", "USD"):
            raise InputError(say("actual_currency", path=self._name, currency=currency[:20]), self._name, line)
        month, days = _span(
            cells.get("bill_billing_period_start_date"),
            cells.get("line_item_usage_start_date"),
            cells.get("line_item_usage_end_date"),
        )
        held = self._months.months[month]
        held.days |= days
        line_type = _text(cells.get("line_item_line_item_type"))
        product = cells.get("product")
        tagged = _tagged(cells[TAGS]) if TAGS in cells else None
        region = _text(cells.get("product_region_code")) or _text(cells.get("product_region")) or _region(product)
        key = (
            _text(cells[PRODUCT]), _text(cells[USAGE_TYPE]), _text(cells.get("line_item_operation")),
            _text(cells.get("line_item_resource_id")), line_type, region or None, tagged,
        )  # fmt: skip
        quantity = self._number(cells, "line_item_usage_amount", line) if "line_item_usage_amount" in cells else None
        listed = self._number(cells, "pricing_public_on_demand_cost", line)
        is_committed = line_type in ("DiscountedUsage", "SavingsPlanCoveredUsage")
        usd = self._amortized(line_type, cells, line)
        held.add(self._name, key, usd, quantity, listed if is_committed else None)

    def _amortized(self, line_type: str, cells: Mapping[str, Any], line: int | None) -> Decimal:
        def number(column: str) -> Decimal:
            return self._number(cells, column, line) or Decimal(0)

        unblended = number(COST)
        if "savings_plan_savings_plan_effective_cost" in cells:
            if line_type == "SavingsPlanCoveredUsage":
                return number("savings_plan_savings_plan_effective_cost")
            if line_type in ("SavingsPlanNegation", "SavingsPlanUpfrontFee"):
                return Decimal(0)
            if line_type == "SavingsPlanRecurringFee" and "savings_plan_used_commitment" in cells:
                committed = number("savings_plan_total_commitment_to_date")
                return EXACT.subtract(committed, number("savings_plan_used_commitment"))
        if "reservation_effective_cost" in cells:
            if line_type == "DiscountedUsage":
                return number("reservation_effective_cost")
            if line_type == "RIFee":
                upfront = number("reservation_unused_amortized_upfront_fee_for_billing_period")
                return EXACT.add(number("reservation_unused_recurring_fee"), upfront)
            if line_type == "Fee" and _text(cells.get("reservation_reservation_a_r_n")):
                return Decimal(0)
        return unblended

    def _number(self, cells: Mapping[str, Any], column: str, line: int | None) -> Decimal | None:
        found = cells.get(column)
        if found is None or found == "":
            return None
        number = _decimal(found)
        if number is None:
            raise InputError(
                say("actual_wants_number", path=self._name, column=column, found=str(found)[:80]), self._name, line
            )
        return number


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _decimal(value: object) -> Decimal | None:
    """A number within bounds; None for anything else, such as a formula."""
    text = (repr(value) if isinstance(value, float) else str(value)).strip()
    return Decimal(text.replace(",", "")) if NUMBER.fullmatch(text) else None


def _date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    found = DAY.fullmatch(_text(value))
    if found is None:
        return None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def _span(billed: object, started: object, ended: object) -> tuple[str, frozenset[int]]:
    """The month that a line item is billed in, empty where nothing says, and on which of its days it was charged."""
    begin = _date(started) or _date(billed)
    if begin is None:
        return "", frozenset()
    month = _date(billed) or begin
    return f"{month:%Y-%m}", _days(month, begin, _date(ended))


def _days(month: datetime.date, start: datetime.date, end: datetime.date | None) -> frozenset[int]:
    """The days of a month in which a line item's time lies; its end is the first day after it, or the same day."""
    count = calendar.monthrange(month.year, month.month)[1]
    first, last = month.replace(day=1), month.replace(day=count)
    until = max(start, end - datetime.timedelta(days=1) if end else start)
    days = range(max(start, first).toordinal(), min(until, last).toordinal() + 1)
    return frozenset(datetime.date.fromordinal(day).day for day in days)


def _tagged(value: object) -> bool:
    return value if isinstance(value, bool) else _text(value) not in ("", "{}", "[]")


def _region(product: object) -> str:
    """The region in CUR 2.0's map of product attributes, as JSON or as pairs."""
    if isinstance(product, str) and product.startswith("{"):
        try:
            product = json.loads(product)
        except (ValueError, RecursionError):
            return ""
    pairs = product if isinstance(product, dict) else dict(product) if isinstance(product, list) else {}
    return _text(pairs.get("region_code") or pairs.get("region"))


# ---- Cost Explorer


class _Explorer:
    """
    The CSV of the console: each group is a column and each month or day a row, or the other way round; with a row or
    a column of totals, which are left out. A column's unit stands in brackets: `($)` is money, others are quantities.
    """

    def __init__(self, name: str, today: datetime.date, grouped_by: str) -> None:
        self._name = name
        self._grouped_by = grouped_by
        self._months = _Months(name, today)

    def of(self, head: Sequence[str], rows: _Lines) -> Actual:
        has_units = any(cell.rstrip().endswith("($)") for cell in head)
        columns = [_Head(cell, has_units) for cell in head[1:]]
        table = []
        for row in rows:
            if any(cell.strip() for cell in row):
                table.append((row, rows.line))
                if len(table) > MAX_COLUMNS:
                    raise InputError(say("actual_too_many", path=self._name, limit=MAX_COLUMNS))
        by_date = [(_date(row[0]), row, line) for row, line in table]
        dates = [date for date, _, _ in by_date if date]
        if dates:
            daily = _is_daily(dates)
            for date, row, line in by_date:
                if date is None:
                    continue
                for column, cell in zip(columns, row[1:], strict=False):
                    if not column.is_total:
                        self._add(date, daily, column.name, column, cell, line)
        else:
            self._by_group(columns, table)
        return self._months.actual(self._grouped_by)

    def _by_group(self, columns: Sequence[_Head], table: Iterable[tuple[Sequence[str], int]]) -> None:
        daily = _is_daily([column.date for column in columns if column.date])
        dated = any(column.date for column in columns)
        for row, line in table:
            if _is_total(row[0]):
                continue
            for column, cell in zip(columns, row[1:], strict=False):
                if column.date or not dated:
                    self._add(column.date, daily, row[0].strip(), column, cell, line)

    def _add(self, date: datetime.date | None, daily: bool, group: str, column: _Head, cell: str, line: int) -> None:
        if not cell.strip():
            return
        if column.currency not in ("", "USD"):
            raise InputError(say("actual_currency", path=self._name, currency=column.currency), self._name, 1)
        number = _decimal(cell.replace("$", ""))
        if number is None:
            raise InputError(
                say("actual_wants_number", path=self._name, column=column.text[:80], found=cell[:80]), self._name, line
            )
        held = self._months.months[f"{date:%Y-%m}" if date else ""]
        if date:
            held.days.update((date.day,) if daily else range(1, calendar.monthrange(date.year, date.month)[1] + 1))
        types = usage_types()
        by_service = self._grouped_by == BY_SERVICE
        product = types.product(group) if by_service else ""
        line_type = "Tax" if group.lower() in ("tax", "세금") else ""
        key: ChargeKey = (product, "" if by_service else group, "", "", line_type, None, None)
        money = column.is_money
        held.add(self._name, key, number if money else Decimal(0), None if money else number, None)


class _Head:
    """The head of a column: a date, a group with its unit, or a total."""

    def __init__(self, cell: str, has_units: bool) -> None:
        self.text = cell.strip()
        # Without any unit, brackets belong to names, as in "EC2 Container Registry (ECR)".
        found = HEAD.fullmatch(self.text)
        if found and not has_units and found[2].strip() not in CURRENCIES:
            found = None
        self.name, unit = (found[1], found[2].strip()) if found else (self.text, "")
        self.date = _date(self.name)
        self.is_total = _is_total(self.name)
        self.is_money = unit in ("$", "USD", "") and self.name.lower() not in QUANTITIES
        self.currency = "USD" if unit in ("$", "USD") else unit if unit in CURRENCIES else ""
        if self.currency not in ("", "USD"):
            self.is_money = True


def _is_total(text: str) -> bool:
    words = text.strip().lower().split()
    return bool(words) and (words[0] in ("total", "합계", "총") or words[-1] in ("total", "합계"))


def _is_daily(dates: Sequence[datetime.date]) -> bool:
    """Whether each date is a day; months begin on their first, once each."""
    return any(date.day != 1 for date in dates)
