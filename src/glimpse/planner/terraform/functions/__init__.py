"""
Terraform's functions: one table for each subject. A name that is in no table is not a function, unless it is that of a
provider's function, whose result is then unknown.
"""

from __future__ import annotations

from glimpse.planner.terraform.functions.addresses import ADDRESSES
from glimpse.planner.terraform.functions.collections import COLLECTIONS
from glimpse.planner.terraform.functions.dates import DATES
from glimpse.planner.terraform.functions.documents import DOCUMENTS
from glimpse.planner.terraform.functions.encodings import ENCODINGS
from glimpse.planner.terraform.functions.files import FILES
from glimpse.planner.terraform.functions.hashes import HASHES
from glimpse.planner.terraform.functions.numbers import NUMBERS
from glimpse.planner.terraform.functions.provider import PROVIDER
from glimpse.planner.terraform.functions.strings import STRINGS
from glimpse.planner.terraform.functions.table import Table
from glimpse.planner.terraform.functions.types import TYPES

FUNCTIONS: Table = {
    **NUMBERS, **STRINGS, **COLLECTIONS, **TYPES, **ENCODINGS, **DOCUMENTS, **HASHES, **DATES, **ADDRESSES, **FILES,
    **PROVIDER,
}  # fmt: skip
