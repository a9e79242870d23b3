"""
Functions that encode texts. Source of every entry: Terraform's documentation, "Encoding Functions". Those that read and
write whole documents are in documents.py.
"""

from __future__ import annotations

import codecs
import re

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.table import Table, function, not_computed
from glimpse.planner.terraform.functions.texts import base64_of, bytes_of, decoded, normalised
from glimpse.planner.terraform.types import STRING
from glimpse.planner.terraform.values import Value

ENCODINGS: Table = {}

function(ENCODINGS, "base64encode", STRING, returns=STRING, examples=['base64encode("Héllo") == "SMOpbGxv"'])(
    lambda text: base64_of(text.encode())
)


@function(
    ENCODINGS,
    "base64decode",
    STRING,
    returns=STRING,
    examples=[
        'base64decode("SMOpbGxv") == "Héllo"',
        r'base64decode("YQ=\n=") == "a"',
        'can(base64decode("YQ")) == false',
        'can(base64decode("/w==")) == false',
    ],
)
def _base64decode(text: str) -> str:
    return normalised(decoded(bytes_of(text)))


# Compressed bytes depend on the compressor, which here would have to be that of Terraform's version of Go.
function(ENCODINGS, "base64gzip", STRING, returns=STRING)(lambda text: not_computed("base64gzip"))

CODECS = {
    "utf-8": "utf-8 csutf8",
    "utf-16": "utf-16 csutf16",
    "utf-16-le": "utf-16le csutf16le",
    "utf-16-be": "utf-16be csutf16be",
    "ascii": "us-ascii iso-ir-6 ansi_x3.4-1968 ansi_x3.4-1986 iso_646.irv:1991 iso646-us us ibm367 cp367 csascii",
    "latin-1": "iso-8859-1 iso_8859-1:1987 iso-ir-100 iso_8859-1 latin1 l1 ibm819 cp819 csisolatin1",
    **{f"iso8859-{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"cp{page}": f"windows-{page}" for page in range(1250, 1259) if page != 1255},
    "koi8-r": "koi8-r cskoi8r",
}
NAMES = {name: codec for codec, names in CODECS.items() for name in names.split()}
"""
Names of IANA whose encodings are the same in Go and in Python. Terraform knows more of them and refuses any other name;
a name that is not here makes the result unknown.
"""


@function(
    ENCODINGS,
    "textencodebase64",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'textencodebase64("Hello", "UTF-16LE") == "SABlAGwAbABvAA=="',
        'textencodebase64("é", "utf-16") == "/v8A6Q=="',
        'can(textencodebase64("€", "us-ascii")) == false',
    ],
)
def _textencodebase64(text: str, name: str) -> Value:
    codec = NAMES.get(name.lower())
    if not codec:
        return not_computed("textencodebase64")
    try:
        # Go begins UTF-16 with a byte order mark for big endian; Python takes the order of this machine.
        data = b"\xfe\xff" + text.encode("utf-16-be") if codec == "utf-16" else text.encode(codec)
    except UnicodeError:
        data = None
    if data is None or _has_control(text, codec):
        raise EvaluationError("the given string contains characters that the encoding has not")
    return base64_of(data)


def _has_control(text: str, codec: str) -> bool:
    """Whether a text has a control character from 0x80 on, which Go's tables of these encodings leave out."""
    return codec.startswith("iso8859-") and codec != "iso8859-9" and re.search(CONTROL, text) is not None


CONTROL = "[\x80-\x9f]"


@function(
    ENCODINGS,
    "textdecodebase64",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'textdecodebase64("SABlAGwAbABvAA==", "UTF-16LE") == "Hello"',
        'textdecodebase64("AGE=", "utf-16") == "a"',
        'textdecodebase64("6Q==", "iso-8859-1") == "é"',
        'can(textdecodebase64("/w==", "utf-8")) == false',
    ],
)
def _textdecodebase64(text: str, name: str) -> Value:
    data = bytes_of(text)
    codec = NAMES.get(name.lower())
    if not codec:
        return not_computed("textdecodebase64")
    if codec == "utf-16":
        codec = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        data = data[2:] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else data
    found = decoded(data, codec)
    if "\ufffd" in found or _has_control(found, codec):
        raise EvaluationError("the given string contains symbols that the encoding does not define")
    return normalised(found)


UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

function(ENCODINGS, "urlencode", STRING, returns=STRING, examples=['urlencode("a b/é~") == "a+b%2F%C3%A9~"'])(
    lambda text: "".join(
        chr(byte) if byte in UNRESERVED else "+" if byte == 32 else f"%{byte:02X}" for byte in text.encode()
    )
)
