"""
Encoding, hash and cryptographic functions. Source of every entry: Terraform's documentation, "Encoding Functions" and
"Hash and Crypto Functions".
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from glimpse.planner.terraform import numbers
from glimpse.planner.terraform.conversion import convert, to_text
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.functions import dates
from glimpse.planner.terraform.functions.table import Context, Table, function
from glimpse.planner.terraform.types import ANY, NUMBER, STRING, object_of
from glimpse.planner.terraform.values import Cause, List, Null, Unknown, Value, sorted_items, type_of

ENCODINGS: Table = {}

MAX_DEPTH = 200
"""No document of a stack is nested as deep; each level costs Python's stack a few calls."""


def normalised(text: str) -> str:
    """Terraform's strings are in Unicode's form C (NFC). What joins two of them, or decodes bytes, passes here."""
    return unicodedata.normalize("NFC", text)


def _unknown(name: str) -> Unknown:
    """What a function gives whose result we do not compute."""
    return Unknown(STRING, frozenset({Cause("function", name)}))


function(ENCODINGS, "uuid", returns=STRING)(lambda: _unknown("uuid"))
function(ENCODINGS, "bcrypt", STRING, returns=STRING, rest=NUMBER)(lambda text, *cost: _unknown("bcrypt"))
function(ENCODINGS, "base64gzip", STRING, returns=STRING)(lambda text: _unknown("base64gzip"))
"""Compressed bytes depend on the compressor: Go's, and even on its version."""

# --- Base64 and other texts of bytes ------------------------------------------------------------------------------

BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def bytes_of(text: str) -> bytes:
    """The bytes of a text in standard Base64, in which Go allows line breaks. Raises EvaluationError."""
    text = text.replace("\n", "").replace("\r", "")
    if not BASE64.fullmatch(text):
        raise EvaluationError("invalid base64 data")
    return base64.b64decode(text)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


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
    return normalised(_decoded(bytes_of(text), "utf-8"))


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeError:
        raise EvaluationError("the decoded bytes are not valid text") from None


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
"""Names of IANA whose encodings are the same in Go and in Python. Terraform knows more, and refuses the rest."""


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
        return _unknown("textencodebase64")
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
    return codec.startswith("iso8859-") and codec != "iso8859-9" and CONTROL.search(text) is not None


CONTROL = re.compile("[\x80-\x9f]")


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
        return _unknown("textdecodebase64")
    if codec == "utf-16":
        codec = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        data = data[2:] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else data
    decoded = _decoded(data, codec)
    if "\ufffd" in decoded or _has_control(decoded, codec):
        raise EvaluationError("the given string contains symbols that the encoding does not define")
    return normalised(decoded)


UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

function(ENCODINGS, "urlencode", STRING, returns=STRING, examples=['urlencode("a b/é~") == "a+b%2F%C3%A9~"'])(
    lambda text: "".join(
        chr(byte) if byte in UNRESERVED else "+" if byte == 32 else f"%{byte:02X}" for byte in text.encode()
    )
)

# --- Hashes -------------------------------------------------------------------------------------------------------

HASHES = {
    "md5": (hashlib.md5, 'md5("hello world") == "5eb63bbbe01eeed093cb22bb8f5acdc3"'),
    "sha1": (hashlib.sha1, 'sha1("hello world") == "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"'),
    "sha256": (
        hashlib.sha256,
        'sha256("hello world") == "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"',
    ),
    "sha512": (hashlib.sha512, 'substr(sha512("é"), 0, 16) == substr(sha512("é"), -128, 16)'),
}


def _hash(make: Callable[..., Any]) -> Callable[[str], str]:
    return lambda text: make(text.encode(), usedforsecurity=False).hexdigest()


for _name, (_make, _example) in HASHES.items():
    function(ENCODINGS, _name, STRING, returns=STRING, examples=[_example])(_hash(_make))

function(
    ENCODINGS,
    "base64sha256",
    STRING,
    returns=STRING,
    examples=['base64sha256("hello world") == "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="'],
)(lambda text: base64_of(hashlib.sha256(text.encode()).digest()))
function(
    ENCODINGS,
    "base64sha512",
    STRING,
    returns=STRING,
    examples=['substr(base64sha512("hello world"), 0, 8) == "MJ7MSJwS"'],
)(lambda text: base64_of(hashlib.sha512(text.encode()).digest()))

NAMESPACES = {
    name: f"6ba7b81{digit}9dad11d180b400c04fd430c8"
    for name, digit in zip(("dns", "url", "oid", "x500"), "0124", strict=True)
}
UUID = re.compile(
    r"(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})|([0-9a-f]{32})",
    re.IGNORECASE,
)


@function(
    ENCODINGS,
    "uuidv5",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'uuidv5("dns", "www.terraform.io") == "a5008fae-b28c-5ba5-96cd-82b4c53552d6"',
        'uuidv5("dns", "a") == uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "a")',
        'can(uuidv5("DNS", "a")) == false',
    ],
)
def _uuidv5(namespace: str, name: str) -> str:
    # Go's parser takes any two characters around 36 others for braces.
    bare = namespace[1:-1] if len(namespace.encode()) == 38 else namespace
    match = UUID.fullmatch(NAMESPACES.get(namespace, bare))
    if not match:
        raise EvaluationError("this namespace is not supported")
    digest = hashlib.sha1(bytes.fromhex("".join(match.groups(""))) + name.encode(), usedforsecurity=False).hexdigest()
    variant = f"{int(digest[16], 16) & 3 | 8:x}"
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


@function(
    ENCODINGS, "rsadecrypt", STRING, STRING, returns=STRING, examples=['can(rsadecrypt("YQ==", "no key")) == false']
)
def _rsadecrypt(ciphertext: str, key: str) -> str:
    """
    By RSA's own arithmetic (PKCS #1, version 1.5): OpenSSL answers a wrong ciphertext with random bytes, where
    Terraform says that it is wrong. Time does not matter: whoever reads this has the key.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    data = bytes_of(ciphertext)
    load = load_ssh_private_key if "BEGIN OPENSSH" in key else load_pem_private_key
    if not re.search("^-----BEGIN ", key, re.MULTILINE):  # Python's parser would also take spaces before it
        raise EvaluationError("invalid private key")
    try:
        private = load(key.encode(), None)
    except Exception:  # each kind of damage to a key has its own exception
        raise EvaluationError("invalid private key") from None
    if not isinstance(private, RSAPrivateKey):
        raise EvaluationError("invalid private key type")
    secret = private.private_numbers()
    modulus = secret.public_numbers.n
    number = int.from_bytes(data)
    block = pow(number, secret.d, modulus).to_bytes((modulus.bit_length() + 7) // 8)
    end = block.find(0, 2)
    if len(data) > len(block) or number >= modulus or not block.startswith(b"\x00\x02") or end < 10:
        raise EvaluationError("failed to decrypt")
    return normalised(_decoded(block[end + 1 :], "utf-8"))


# --- CSV ----------------------------------------------------------------------------------------------------------


@function(
    ENCODINGS,
    "csvdecode",
    STRING,
    examples=[
        r'csvdecode("a,b\n1,2\n\n3,\"x,\"\"y\"") == tolist([{ a = "1", b = "2" }, { a = "3", b = "x,\"y" }])',
        'length(csvdecode("a,b")) == 0',
        r'can(csvdecode("a,b\n1")) == false',
        r'can(csvdecode("a\n1\"2")) == false',
        'can(csvdecode("a,a")) == false',
    ],
)
def _csvdecode(text: str) -> List:
    rows = _csv_rows(text)
    header = next(rows, None)
    if header is None:
        raise EvaluationError("missing header line")
    if len(set(header)) < len(header):
        raise EvaluationError("duplicate column name")
    found = []
    for row in rows:
        if len(row) != len(header):
            raise EvaluationError("wrong number of fields")
        found.append(dict(zip(header, row, strict=True)))
    return List(found, object_of(dict.fromkeys(header, STRING)))


FIELD = re.compile(r'"((?:[^"]|"")*)"(?=,|\n|\Z)|([^",\n][^,"\n]*)?(?=,|\n|\Z)')


def _csv_rows(text: str) -> Iterator[list[str]]:
    """RFC 4180 as Go reads it: empty lines are left out, quotes stand around a whole field or nowhere."""
    text = text.replace("\r\n", "\n").removesuffix("\r")
    place = 0
    row: list[str] = []
    while place < len(text):
        if not row and text[place] == "\n":
            place += 1
            continue
        match = FIELD.match(text, place)
        if not match:
            raise EvaluationError("a quote is out of place")
        row.append(match[1].replace('""', '"') if match[1] is not None else match[2] or "")
        place = match.end() + 1
        if text[match.end() : place] != ",":
            yield row
            row = []
    if row:
        yield [*row, ""]


# --- JSON ---------------------------------------------------------------------------------------------------------

ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029\x7f"} | {
    code: f"\\u{code:04x}" for code in range(32)
}
ESCAPES |= {34: '\\"', 92: "\\\\", 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
del ESCAPES[0x7F]
"""Go escapes what HTML could misread."""


def json_of(context: Context, value: Value) -> str:
    """
    A known value in JSON, as `jsonencode` writes it: names in order, no white space, HTML escaped. An accent after
    the last letter of an escape joins it, since the result is a string like any other: so does Terraform's.
    """
    made: list[str] = []
    _write_json(context, value, made, 0)
    return normalised("".join(made))


def _write_json(context: Context, value: Value, made: list[str], depth: int) -> None:
    kind = type(value)
    if depth > MAX_DEPTH:
        raise TooMuch("levels of a document", MAX_DEPTH)
    if issubclass(kind, tuple):
        made.append("[")
        for place, item in enumerate(value):
            made.append("," if place else "")
            _write_json(context, item, made, depth + 1)
        made.append("]")
        context.spend(len(value) + 1)
    elif issubclass(kind, dict):
        made.append("{")
        for place, (name, item) in enumerate(sorted_items(value)):
            made.append(f'{"," if place else ""}"{name.translate(ESCAPES)}":')
            context.spend(len(made[-1]))
            _write_json(context, item, made, depth + 1)
        made.append("}")
        context.spend(1)
    else:
        made.append(f'"{value.translate(ESCAPES)}"' if kind is str else _plain(value))
        context.spend(len(made[-1]))


def _plain(value: Value) -> str:
    return "null" if type(value) is Null else to_text(value)


function(
    ENCODINGS,
    "jsonencode",
    ANY,
    returns=STRING,
    nulls=True,
    with_context=True,
    examples=[
        r'jsonencode({ b = [1, 2.5, true, null], a = "é" }) == "{\"a\":\"é\",\"b\":[1,2.5,true,null]}"',
        r'jsonencode("<&>\n") == "\"\\u003c\\u0026\\u003e\\n\""',
        'jsonencode(null) == "null"',
        'jsonencode(1e25) == "10000000000000000000000000"',
    ],
)(json_of)


@function(
    ENCODINGS,
    "jsondecode",
    STRING,
    examples=[
        r'jsondecode("{\"a\":[1,\"x\",null,0.1]}") == { a = [1, "x", null, 0.1] }',
        r'jsondecode("\"e\\u0301\"") == "é"',
        'jsondecode("12345678901234567890123") == 12345678901234567890123',
        'can(jsondecode("[1,]")) == false',
        'can(jsondecode("NaN")) == false',
    ],
)
def _jsondecode(text: str) -> Value:
    start = len(text) - len(text.lstrip(JSON_SPACE))
    try:
        found, end = JSON.raw_decode(text, start)
        rest = text[end:].lstrip(JSON_SPACE)
        # Go asks for more elements, and a bracket that closes says no.
        if rest and rest[0] not in "]}":
            raise EvaluationError("extraneous data after the JSON value")
        return _from_json(found, 0)
    except json.JSONDecodeError:
        raise EvaluationError("invalid JSON") from None
    except RecursionError:
        raise TooMuch("levels of a document", MAX_DEPTH) from None


JSON_SPACE = " \t\n\r"


def _no_constant(name: str) -> Value:
    raise EvaluationError("invalid JSON")


class _Pairs(list):  # type: ignore[type-arg]
    """The members of an object as they stand, which may name one of them twice."""


JSON = json.JSONDecoder(
    parse_int=numbers.parsed, parse_float=numbers.parsed, parse_constant=_no_constant, object_pairs_hook=_Pairs
)


def _from_json(found: Any, depth: int) -> Value:
    kind = type(found)
    if depth > MAX_DEPTH:
        raise TooMuch("levels of a document", MAX_DEPTH)
    if kind is str:
        return _json_text(found)
    if kind is list:
        return tuple(_from_json(item, depth + 1) for item in found)
    if kind is _Pairs:
        made: dict[str, Value] = {}
        for name, item in found:
            name, value = _json_text(name), _from_json(item, depth + 1)
            if name in made:
                _check_twice(made[name], value)
            made[name] = value
        return made
    return Null() if found is None else found


def _json_text(text: str) -> str:
    """Half a surrogate pair becomes the replacement character, as in Go."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return normalised(text)


def _check_twice(first: Value, last: Value) -> None:
    """The last member of a name counts, but cty reads the ones before it as values of its type."""
    if type(first) is Null:
        return
    if type(first) is dict and type(last) is dict and first.keys() <= last.keys():
        pairs = [(item, last[name]) for name, item in first.items()]
    elif type(first) is tuple and type(last) is tuple and len(first) == len(last):
        pairs = list(zip(first, last, strict=True))
    elif type(last) not in (Null, dict, tuple):
        convert(first, type_of(last))
        return
    else:
        raise EvaluationError("a member stands twice with different types")
    for one, other in pairs:
        _check_twice(one, other)


# --- YAML ---------------------------------------------------------------------------------------------------------

TAG = "tag:yaml.org,2002:"
WORDS: dict[str, Value] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), Null()),
}
INFINITE = re.compile(r"[+-]?\.(inf|Inf|INF)")
YAML_INTEGER = re.compile(r"0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+")
YAML_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
GO_INTEGER = re.compile(r"([+-]?)0([xXoObB]?)([0-9a-fA-F]+)")
YAML_TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(?:Z|([+-])([01]\d|2[0-4]):([0-5]\d|60))?)?",
    re.ASCII,
)


@function(
    ENCODINGS,
    "yamldecode",
    STRING,
    with_context=True,
    examples=[
        r'yamldecode("a: 1\nb: [x, yes, ~, 0x10]") == { a = 1, b = ["x", true, null, 16] }',
        r'yamldecode("a: &x {p: 1}\nb:\n  <<: *x\n  q: \"2\"").b == { p = 1, q = "2" }',
        'yamldecode("2020-1-2") == "2020-01-02T00:00:00Z"',
        r'can(yamldecode("a: 1\n---\nb: 2")) == false',
        'can(yamldecode("")) == false',
    ],
)
def _yamldecode(context: Context, text: str) -> Value:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Yaml(context, yaml, yaml.parse(text, Loader=loader)).document()
    except yaml.YAMLError:
        raise EvaluationError("invalid YAML") from None


class _Yaml:
    """One document, from the parser's events to a value, as go-cty-yaml does it: its words are those of YAML 1.1."""

    def __init__(self, context: Context, yaml: Any, events: Iterator[Any]) -> None:
        self.context = context
        self.yaml = yaml
        self.events = events
        self.anchors: dict[str, Value] = {}
        self.sizes: dict[int, int] = {}

    def document(self) -> Value:
        next(self.events)
        start = next(self.events)
        if type(start) is not self.yaml.DocumentStartEvent or start.version not in (None, (1, 1)):
            raise EvaluationError("a document is required")
        value = self.node(next(self.events), 0)
        next(self.events)
        if type(next(self.events)) is not self.yaml.StreamEndEvent:
            raise EvaluationError("only a single document is allowed")
        return value

    def node(self, event: Any, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise TooMuch("levels of a document", MAX_DEPTH)
        kind = type(event)
        if kind is self.yaml.AliasEvent:
            # An anchor is entered when its value is complete, so that no value can hold itself.
            if event.anchor not in self.anchors:
                raise EvaluationError("reference to an undefined anchor")
            value = self.anchors[event.anchor]
            self.context.spend(_size(value, self.sizes))
            return value
        self.context.spend(1)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        if kind is self.yaml.ScalarEvent:
            value = _scalar(event)
        elif kind is self.yaml.SequenceStartEvent:
            value = self.sequence(event, depth)
        else:
            value = self.mapping(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def sequence(self, start: Any, depth: int) -> Value:
        if start.tag not in (None, f"{TAG}seq"):
            raise EvaluationError("a sequence has a tag of something else")
        items = []
        while type(event := next(self.events)) is not self.yaml.SequenceEndEvent:
            items.append(self.node(event, depth + 1))
        return tuple(items)

    def mapping(self, start: Any, depth: int) -> Value:
        if start.tag not in (None, f"{TAG}map"):
            raise EvaluationError("a mapping has a tag of something else")
        made: dict[str, Value] = {}
        while type(event := next(self.events)) is not self.yaml.MappingEndEvent:
            if type(event) is not self.yaml.ScalarEvent:
                raise EvaluationError("only strings are allowed as mapping keys")
            if event.value == "<<" and event.tag is None:
                merged = self.node(next(self.events), depth + 1)
                if type(merged) is not dict:
                    raise EvaluationError("only a mapping can be merged into a mapping")
                made |= merged
                continue
            key = _scalar(event)
            if type(key) in (Null, Unknown):
                raise EvaluationError("mapping key cannot be null")
            made[to_text(key)] = self.node(next(self.events), depth + 1)
        return made


def _size(value: Value, known: dict[int, int]) -> int:
    """How many values a value holds. Aliases share values, so each is counted once and remembered."""
    if not isinstance(value, tuple | dict):
        return 1
    if id(value) not in known:
        known[id(value)] = 1 + sum(
            _size(item, known) for item in (value.values() if isinstance(value, dict) else value)
        )
    return known[id(value)]


def _scalar(event: Any) -> Value:
    """A scalar in its tag's type, or the one that it looks like. A block without a tag is text, but of that value."""
    tag = event.tag.removeprefix(TAG) if event.tag and event.tag.startswith(TAG) else event.tag or ""
    if tag not in ("", "str", "bool", "int", "float", "null", "timestamp", "binary"):
        raise EvaluationError("unsupported tag")
    value = _resolved(tag, event.value, event.style in ("'", '"'))
    return convert(value, STRING) if event.style in ("|", ">") and not tag else value


def _resolved(tag: str, text: str, quoted: bool) -> Value:
    if tag not in ("str", "binary") and (not text or text[0] in "+-0123456789yYnNtTfFoO~."):
        if quoted:
            return normalised(text)
        if text in WORDS:
            return WORDS[text]
        if INFINITE.fullmatch(text):
            return Unknown(NUMBER, frozenset({Cause("function", "yamldecode")}))
        if tag == "" and text in (".nan", ".NaN", ".NAN"):
            raise EvaluationError("floating point NaN is not supported")
        if text.startswith(".") and YAML_FLOAT.fullmatch(text):
            return numbers.parsed(text)
        if text[0] in "+-0123456789":
            if tag in ("", "timestamp") and (time := _time(text)):
                return time
            if YAML_INTEGER.fullmatch(text) or YAML_FLOAT.fullmatch(text):
                tag = "int"
    return _tagged(tag, text)


def _tagged(tag: str, text: str) -> Value:
    if tag == "null":
        return Null()
    if tag == "bool" or tag == "timestamp":
        raise EvaluationError("a value does not fit its tag")
    if tag == "int" or tag == "float":
        return _go_number(text.replace("_", ""))
    if tag == "binary":
        bytes_of(text)
    return normalised(text)


def _go_number(text: str) -> Value:
    """Decimal, or an integer of 64 bits with a prefix for its base."""
    if YAML_FLOAT.fullmatch(text):
        return numbers.parsed(text)
    match = GO_INTEGER.fullmatch(text)
    base = {"x": 16, "o": 8, "b": 2, "": 8}[match[2].lower()] if match else 10
    found = int(match[1] + match[3], base) if match else None
    if found is None or not -(1 << 63) <= found < 1 << 64:
        raise EvaluationError("a value does not fit its tag")
    return found


def _time(text: str) -> str | None:
    """A timestamp, which cty writes again by RFC 3339. It has an offset after a T, and none after a space."""
    match = YAML_TIME.fullmatch(text)
    if not match or ("t" in text.lower()) != (text.endswith("Z") or match[8] is not None):
        return None
    found = dates.instant(match)
    return str(found) if found else None


@function(
    ENCODINGS,
    "yamlencode",
    ANY,
    returns=STRING,
    nulls=True,
    with_context=True,
    examples=[
        r'yamlencode({ a = "x", b = [1, { c = null }] }) == "\"a\": \"x\"\n\"b\":\n- 1\n- \"c\": null\n"',
        r'yamlencode([{ a = [], b = {} }]) == "- \"a\": []\n  \"b\": {}\n"',
        r'yamlencode("a\nb\n") == "|\n  a\n  b\n"',
        r'yamlencode(true) == "true\n...\n"',
        r'yamlencode([[1]]) == "- - 1\n"',
    ],
)
def _yamlencode(context: Context, value: Value) -> str:
    writer = _YamlWriter(context)
    writer.node(value, -1, in_mapping=False)
    writer.indent(0)
    is_plain = type(value) in (bool, int, Fraction, Null)
    return normalised("".join(writer.made)) + ("...\n" if is_plain else "")


class _YamlWriter:
    """
    What libyaml's emitter does with cty's events: block style, texts in double quotes folded after column 80, or, with
    line breaks in them, as literal blocks where those may hold them.

    `column` is where the line stands, `fresh` that it holds nothing but indentation and dashes, `spaced` that white
    space was the last to be written.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.made: list[str] = []
        self.column = 0
        self.fresh = True
        self.spaced = True

    def put(self, text: str) -> None:
        self.made.append(text)
        self.column = 0 if text == "\n" else self.column + len(text)

    def indent(self, width: int) -> None:
        width = max(width, 0)
        if not self.fresh or self.column > width or (self.column == width and not self.spaced):
            self.put("\n")
        if self.column < width:
            self.put(" " * (width - self.column))
        self.fresh = self.spaced = True

    def indicator(self, text: str, apart: bool = True, fresh: bool = False) -> None:
        """`fresh`: the line is as good as empty after it."""
        if apart and not self.spaced:
            self.put(" ")
        self.put(text)
        self.spaced = False
        self.fresh = self.fresh and fresh

    def node(self, value: Value, indent: int, in_mapping: bool) -> None:
        self.context.spend(indent + 4)
        kind = type(value)
        if indent > 2 * MAX_DEPTH:
            raise TooMuch("levels of a document", MAX_DEPTH)
        if issubclass(kind, dict):
            self.mapping(value, indent)
        elif issubclass(kind, tuple):
            # A list within a mapping stands no further in than the name that it belongs to.
            flat = in_mapping and not self.fresh and indent >= 0
            self.sequence(value, indent if flat else max(indent + 2, 0) if indent >= 0 else 0)
        else:
            self.scalar(value, indent + 2 if indent >= 0 else 2, folds=True)

    def sequence(self, items: Any, indent: int) -> None:
        if not items:
            self.indicator("[]")
        for item in items:
            self.indent(indent)
            self.indicator("-", fresh=True)
            self.node(item, indent, in_mapping=False)

    def mapping(self, value: Any, indent: int) -> None:
        indent = indent + 2 if indent >= 0 else 0
        if not value:
            self.indicator("{}")
        for name, item in sorted_items(value):
            self.indent(indent)
            if len(name.encode()) <= MAX_KEY and not LINE_BREAK.search(name):
                self.scalar(name, indent + 2, folds=False)
                self.indicator(":", apart=False)
            else:
                self.indicator("?", fresh=True)
                self.scalar(name, indent + 2, folds=True)
                self.indent(indent)
                self.indicator(":", fresh=True)
            self.node(item, indent, in_mapping=True)

    def scalar(self, value: Value, indent: int, folds: bool) -> None:
        if type(value) is not str:
            self.indicator(_plain(value))
            return
        self.context.spend(2 * len(value) + 2)
        if folds and "\n" in value and not NOT_LITERAL.search(value):
            self.literal(value, indent)
        else:
            self.double_quoted(value, indent, folds)

    def literal(self, text: str, indent: int) -> None:
        breaks = len(text) - len(text.rstrip(LINE_BREAKS))
        keep = "-" if not breaks else "+" if breaks > 1 or len(text) == 1 else ""
        self.indicator("|" + ("2" if text[0] in " " + LINE_BREAKS else "") + keep)
        self.put("\n")
        self.fresh = self.spaced = True
        for line in LINE.findall(text):
            content = line.rstrip(LINE_BREAKS)
            if content:
                self.context.spend(indent)
                self.indent(indent)
                self.put(content)
                self.fresh = False
            if content != line:
                self.made.append(line[-1])
                self.column = 0
                self.fresh = True

    def double_quoted(self, text: str, indent: int, folds: bool) -> None:
        self.indicator('"')
        # cty's emitter asks at every character whether the text begins with a byte order mark, and then escapes it.
        escapes_all = text.startswith("\ufeff")
        after_space = False
        for place, character in enumerate(text):
            if escapes_all or not PRINTABLE.match(character):
                self.put(YAML_ESCAPES.get(character) or _escaped(character))
            elif character != " ":
                self.put(character)
            elif folds and not after_space and self.column > WIDTH and 0 < place < len(text) - 1:
                self.indent(indent)
                if text[place + 1] == " ":
                    self.put("\\")
            else:
                self.put(" ")
            after_space = character == " "
        self.indicator('"', apart=False)


WIDTH = 80
MAX_KEY = 128
"""Bytes of a name that stands before its colon on one line; a longer one stands behind a question mark."""

LINE_BREAKS = "\n\r\x85\u2028\u2029"
LINE_BREAK = re.compile(f"[{LINE_BREAKS}]")
LINE = re.compile(f"[^{LINE_BREAKS}]*[{LINE_BREAKS}]|[^{LINE_BREAKS}]+")
NOT_LITERAL = re.compile(f" [{LINE_BREAKS}]| \\Z|[^\n -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
"""White space before a break or at the end, or a character that libyaml takes for unprintable."""

PRINTABLE = re.compile(r"[ !#-\[\]-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
YAML_ESCAPES = dict(
    zip(
        '\0\a\b\t\n\v\f\r\x1b"\\\x85\xa0\u2028\u2029',
        r"\0 \a \b \t \n \v \f \r \e \" \\ \N \_ \L \P".split(),
        strict=True,
    )
)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
