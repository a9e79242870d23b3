"""
Expressions of Terraform's language as text, made from a seed.

A grammar of kinds ("string", "strings", "item_map") makes them: `{number}` in a production is any expression of that
kind, `{number.}` is an operand (in brackets where it needs them, and sometimes where it does not), `{items!}` is what
`.x` and `[0]` may follow. `@x` is a name of a for-variable, `{+x:string}` begins its scope. A few are of a wrong kind
on purpose.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WRONG_KIND = 0.012
UNKNOWN_SHARE = 0.35
"""How many expressions may hold unknowns."""

UNKNOWN_LEAF = 0.4
"""How many leaves of those do."""

DEFINITIONS = """
terraform {
  required_version = ">= 1.9"
}

resource "terraform_data" "u" {}

variable "sizes" {
  type = list(object({
    name = string
    size = optional(number, 8)
    kind = optional(string)
    tags = optional(map(string), {})
  }))
  default = [{ name = "one" }, { name = "two", size = 20, kind = null }, { name = "three", tags = { a = "1", b = 2 } }]
}

variable "settings" {
  type = object({
    on    = optional(bool, true)
    disk  = optional(object({ size = optional(number, 30), type = optional(string, "gp3") }), {})
    names = optional(set(string), ["b", "a"])
    extra = optional(any)
  })
  default = {}
}

variable "number_text" {
  type    = number
  default = "12"
}

variable "anything" {
  default = { a = [1, "two", null], b = { c = true } }
}

locals {
  s        = "alpha"
  empty    = ""
  spaced   = "  two words\\n"
  accents  = "h\\u00e9llo wörld ßtraße"
  digits   = "42"
  minus    = "-1.50"
  truth    = "true"
  csv      = "a,b,,c"
  path     = "/var/log/app.tar.gz"
  dashes   = "web-12-eu"
  cidr     = "10.0.0.0/16"
  cidr6    = "fd00:fd12:3456:7890::/56"
  date     = "2024-02-29T12:34:56Z"
  document = "{\\"a\\": [1, 2.50, \\"x\\"], \\"b\\": null, \\"c\\": {\\"d\\": true}}"
  template = "Hi $${name}!"
  n        = 7
  zero     = 0
  neg      = -3
  half     = 2.5
  third    = 1 / 3
  big      = 12345678901234567890123
  yes      = true
  no       = false

  none        = null
  none_s      = tostring(null)
  none_n      = tonumber(null)
  none_l      = true ? null : tolist(["a"])
  strings     = tolist(["b", "a", "c", "a"])
  strings_t   = ["x", "y"]
  no_strings  = slice(tolist(["a"]), 0, 0)
  with_null   = tolist(["a", null, ""])
  numbers     = tolist([3, 1, 2.5])
  numbers_t   = [10, 20, 30]
  bools       = [true, false, true]
  mixed       = ["x", 1, true, null, ["y"], { a = 1 }]
  nothing     = []
  lists       = [["a", "b"], [], ["c"]]
  string_set  = toset(["b", "a", "10", "9"])
  number_set  = toset([10, 9, -1])
  bool_set    = toset([true, false])
  string_map  = tomap({ b = "y", a = "x", "two words" = "z" })
  number_map  = { a = 1, b = 2.5, c = -3 }
  lists_map   = tomap({ a = ["1", "2"], b = ["2"], c = [] })
  item        = { id = "i-1", n = 1, on = true }
  items       = [{ id = "i-1", n = 1, on = true }, { id = "i-2", n = 2, on = false }, { id = "i-3", n = 0, on = true }]
  items_l     = tolist([{ id = "j-1", n = 5, on = false }, { id = "j-2", n = null, on = true }])
  item_map    = { a = { id = "i-1", n = 1, on = true }, b = { id = "i-2", n = 2, on = false } }
  item_map_m  = tomap({ a = { id = "k-1", n = 3, on = true }, b = { id = "k-2", n = 4, on = false } })
  object      = { name = "web", size = 3, on = true, tags = { a = "one", b = "two" }, disks = [{ size = 10, type = "gp3" }, { size = 20, type = "io2" }], none = null }

  u_s       = terraform_data.u.id
  u_n       = tonumber(terraform_data.u.id)
  u_b       = terraform_data.u.id == "x"
  u_any     = jsondecode(terraform_data.u.id)
  u_l       = tolist(["a", terraform_data.u.id])
  u_t       = ["a", terraform_data.u.id, "b"]
  u_split   = split(",", terraform_data.u.id)
  u_numbers = [1, length(terraform_data.u.id), 3]
  u_map     = { a = terraform_data.u.id, b = "known" }
  u_map_m   = tomap({ a = terraform_data.u.id, b = "known" })
  u_keys    = { for k in split(",", terraform_data.u.id) : k => k }
  u_set     = toset(["a", terraform_data.u.id])
  u_item    = { id = terraform_data.u.id, n = 1, on = terraform_data.u.id == "x" }
  u_items   = [{ id = "i-1", n = 1, on = true }, { id = terraform_data.u.id, n = length(terraform_data.u.id), on = false }]
}
"""
"""What expressions may refer to."""


def grammar(text: str) -> dict[str, list[str]]:
    """Productions by kind. ¦ stands between them, ⏎ for a line break inside one."""
    found: dict[str, list[str]] = {}
    for kind, productions in re.findall(r"^(\w+):\n((?:    .*\n)+)", text, re.MULTILINE):
        found[kind] = [one.strip().replace("⏎", "\n") for one in " ".join(productions.split("\n")).split(" ¦ ")]
    return found


KNOWN_LEAVES = grammar(
    r"""
string:
    local.s ¦ local.empty ¦ local.spaced ¦ local.accents ¦ local.digits ¦ local.minus ¦ local.truth ¦ local.csv ¦
    local.path ¦ local.dashes ¦ local.date ¦ local.cidr ¦ local.none_s ¦ local.string_map.a ¦
    local.string_map["two words"] ¦ local.object.name ¦ local.object.tags.b ¦ local.object["tags"]["a"] ¦
    local.object.disks[1].type ¦ local.item.id ¦ local.strings[0] ¦ local.strings_t[1] ¦ local.items[0].id ¦
    local.items_l[1]["id"] ¦ local.item_map.a.id ¦ local.item_map_m["b"].id ¦ var.sizes[0].name ¦
    var.sizes.1.name ¦ var.settings.disk.type ¦ local.items.0.id ¦ var.anything.a[1] ¦ var.sizes[1].kind ¦
    local.lists[0][1] ¦ local.lists.0[1]
number:
    local.n ¦ local.zero ¦ local.neg ¦ local.half ¦ local.third ¦ local.big ¦ var.number_text ¦ local.numbers[0] ¦
    local.numbers_t[2] ¦ local.object.size ¦ local.object.disks[0].size ¦ local.item.n ¦ local.items[2].n ¦
    local.none_n ¦ local.item_map["b"]["n"] ¦ local.number_map.c ¦ var.sizes[0].size ¦ var.settings.disk.size ¦
    local.items_l[1].n ¦ var.anything.a[0]
bool:
    local.yes ¦ local.no ¦ local.object.on ¦ local.item.on ¦ local.items[1].on ¦ local.bools[0] ¦
    var.settings.on ¦ local.item_map.b.on ¦ var.anything.b.c
strings:
    local.strings ¦ local.strings_t ¦ local.no_strings ¦ local.with_null ¦ local.items[*].id ¦
    local.items_l.*.id ¦ var.sizes[*].name ¦ local.object.disks[*].type ¦ local.lists[0] ¦ local.lists_map["a"] ¦
    local.none_l ¦ local.nothing ¦ values(local.item_map)[*].id
numbers:
    local.numbers ¦ local.numbers_t ¦ local.items[*].n ¦ var.sizes[*].size ¦ local.object.disks.*.size ¦
    values(local.number_map) ¦ []
bools:
    local.bools ¦ local.items[*].on ¦ local.items_l[*].on
mixed:
    local.mixed ¦ [] ¦ local.nothing ¦ var.anything.a ¦ [local.none, local.none_s]
lists:
    local.lists ¦ values(local.lists_map) ¦ [local.strings, local.strings_t] ¦ []
items:
    local.items ¦ local.items_l ¦ values(local.item_map)
string_set:
    local.string_set ¦ var.settings.names ¦ toset(local.strings)
number_set:
    local.number_set ¦ toset(local.numbers)
string_map:
    local.string_map ¦ local.object.tags ¦ {} ¦ var.sizes[2].tags
number_map:
    local.number_map ¦ { for @k in local.strings_t : @k => 1 }
lists_map:
    local.lists_map ¦ { a = local.strings, b = [] }
item_map:
    local.item_map ¦ local.item_map_m
item:
    local.item ¦ local.items[0] ¦ local.item_map.a ¦ local.items_l[0] ¦ local.item_map_m.b
object:
    local.object ¦ var.settings ¦ var.anything ¦ var.sizes[0]
null:
    null ¦ local.none ¦ local.none_s ¦ local.none_n ¦ var.settings.extra ¦ local.object.none ¦ local.mixed[3]
"""
)

UNKNOWN_LEAVES = grammar(
    r"""
string:
    terraform_data.u.id ¦ local.u_s ¦ local.u_l[1] ¦ local.u_map.a ¦ local.u_map_m["a"] ¦ local.u_item.id ¦
    local.u_map_m.b ¦ local.u_items[1].id ¦ local.u_split[0] ¦ local.u_map["b"] ¦ local.u_items[0].id ¦
    local.u_t[0]
number:
    length(terraform_data.u.id) ¦ tonumber(terraform_data.u.id) ¦ local.u_n ¦ local.u_numbers[1] ¦
    local.u_items[1].n ¦ length(local.u_split) ¦ length(local.u_set) ¦ length(local.u_l) ¦ length(local.u_keys)
bool:
    local.u_b ¦ local.u_item.on ¦ terraform_data.u.id == "x" ¦ local.u_n > 1 ¦ tobool(terraform_data.u.id) ¦
    local.u_items[0].on
strings:
    local.u_l ¦ local.u_t ¦ local.u_split ¦ local.u_items[*].id ¦ local.u_l[*] ¦ values(local.u_map) ¦
    keys(local.u_keys)
numbers:
    local.u_numbers ¦ local.u_items[*].n ¦ [local.u_n]
bools:
    local.u_items[*].on ¦ [local.u_b, true] ¦ [local.u_b, false]
mixed:
    [1, local.u_s, null] ¦ local.u_t ¦ [local.u_any, 1]
lists:
    [local.u_l, local.strings] ¦ [local.u_split, []]
items:
    local.u_items ¦ local.u_items ¦ [local.u_item]
string_set:
    local.u_set ¦ toset(local.u_split) ¦ toset([local.u_s])
number_set:
    toset([1, local.u_n]) ¦ toset(local.u_numbers)
string_map:
    local.u_map ¦ local.u_map_m ¦ local.u_keys
number_map:
    { a = local.u_n, b = 2 } ¦ { a = length(local.u_s) }
lists_map:
    { a = local.u_l, b = [] }
item_map:
    { a = local.u_item, b = local.item } ¦ { a = local.u_items[1] }
item:
    local.u_item ¦ local.u_items[1] ¦ local.u_items[0]
object:
    local.u_item ¦ { name = local.u_s, none = null }
null:
    null ¦ local.none
"""
)

LITERALS = grammar(
    r"""
string:
    "" ¦ "a" ¦ "b" ¦ "x y" ¦ "\"q\"" ¦ "t\tb\n" ¦ "\u00e9\U0001F600" ¦ "$${x}" ¦ "%%{x}" ¦ "100%" ¦ "$5" ¦ "a$" ¦
    "7" ¦ "007" ¦ "1e3" ¦ "-0.50" ¦ "true" ¦ "null" ¦ "/a/" ¦ "a\\b" ¦ "A-b_C" ¦ " lead" ¦ "trail " ¦ "ünï" ¦
    "1,2" ¦ "a.b" ¦ "<&>"
number:
    0 ¦ 1 ¦ 2 ¦ 3 ¦ 10 ¦ -1 ¦ -2 ¦ 0.5 ¦ 1.50 ¦ 2.0 ¦ 1e3 ¦ 1e-3 ¦ 1.5E+2 ¦ 100 ¦ 255 ¦ 1024 ¦ 0.1 ¦ 3.7 ¦ -3.7 ¦
    1000000000000000000000 ¦ 007
bool:
    true ¦ false
strings:
    ["a"] ¦ ["a", "b"] ¦ ["b", "a", "b"] ¦ [] ¦ tolist(["1", 2]) ¦ ["", "x"] ¦ [null, "a"] ¦ [ "a" , ]
numbers:
    [1, 2, 3] ¦ [1] ¦ [2.5, -1] ¦ tolist([3, 1]) ¦ [10, 9, 1,] ¦ [0]
bools:
    [true] ¦ [false, true] ¦ [] ¦ [true, true]
mixed:
    [1, "a", true] ¦ ["a", ["b"]] ¦ [null] ¦ [{}, []] ¦ [1, "1"]
lists:
    [["a"], ["b", "c"]] ¦ [[]] ¦ [["x"]]
items:
    [{ id = "z", n = 9, on = false }] ¦ []
string_set:
    toset(["a", "b"]) ¦ toset([]) ¦ toset(["b"]) ¦ toset(["c", "a", "c"])
number_set:
    toset([1, 2]) ¦ toset([2, 10]) ¦ toset([0.5])
string_map:
    { a = "1" } ¦ { "a" : "b", b = "c" } ¦ {} ¦ { a = null, b = "" } ¦ tomap({ a = 1, b = true }) ¦
    { (local.s) = "v", a = "w" }
number_map:
    { a = 1 } ¦ { a = 1, b = 2 } ¦ { c = 0.1 }
lists_map:
    { a = ["x"], b = ["x", "y"] } ¦ { a = [] }
item_map:
    { a = { id = "q", n = 1, on = true } } ¦ {}
item:
    { id = "p", n = 4, on = false } ¦ { id = "p", n = "4", on = true } ¦ { id = null, n = 1, on = true }
object:
    { a = 1, b = "x" } ¦ { "quoted key" = 1 } ¦ { 1 = "one", true = 2 } ¦ { a = {}, b = [] } ¦ {}
null:
    null ¦ tostring(null) ¦ tonumber(null)
"""
)

PRODUCTIONS = grammar(
    r"""
any:
    {string} ¦ {number} ¦ {bool} ¦ {strings} ¦ {numbers} ¦ {mixed} ¦ {items} ¦ {string_map} ¦ {number_map} ¦
    {item} ¦ {object} ¦ {lists} ¦ {lists_map} ¦ {item_map} ¦ {string_set} ¦ {number_set} ¦ {null} ¦ {bools} ¦
    {mixed!}[{index}] ¦ {object!}.a ¦ {object!}.name ¦ {mixed!}[*] ¦ {lists!}[*][0] ¦ try({any}, {any}) ¦
    {bool.} ? {any} : {any} ¦ {bool.} ? {any} : null ¦ jsondecode(jsonencode({any})) ¦ "${{any}}" ¦ one([{any}]) ¦
    one({mixed}) ¦ [for @x in {collection} {+x:any}: {any}] ¦ ({any})[*] ¦ element({list}, {small}) ¦
    {{for_object}} ¦ flatten({mixed}) ¦ flatten([{lists}, {strings}]) ¦ regex({pattern}, {string}) ¦
    regexall({pattern}, {string}) ¦ jsondecode({json}) ¦ yamldecode({yaml}) ¦ csvdecode({csv}) ¦
    yamldecode(yamlencode({any})) ¦ merge({string_map}, {number_map}) ¦ {item!}[{key}] ¦
    setproduct({strings}, {numbers}) ¦ setproduct({string_set}, {string_set}) ¦ coalesce({null}, {any}) ¦
    lookup({item}, {key}, {any}) ¦ distinct({list}) ¦ reverse({list}) ¦ zipmap({strings}, {list}) ¦
    nonsensitive(sensitive({any})) ¦ values({item_map}) ¦ keys({object}) ¦ concat({list}, {list}) ¦
    tolist({list}) ¦ toset({list}) ¦ tomap({object}) ¦ { for @k, @v in {object} {+k:string}{+v:any}: @k => @v } ¦
    [for @k, @v in {collection} {+k:any}{+v:any}: [@k, @v]] ¦ {null!}[*] ¦ {items!}[*].id ¦ values({object}) ¦
    {items!}.*.n ¦ [{any}, {any}] ¦ { a = {any}, b = {any} } ¦ lookup({object}, {key}, null) ¦
    index({list}, {any}) ¦ coalescelist({strings}, {mixed}) ¦ slice({list}, 0, {small}) ¦
    try({any}.a, {any}.b, 1)
prim:
    {string} ¦ {string} ¦ {number} ¦ {bool}
list:
    {strings} ¦ {numbers} ¦ {items} ¦ {mixed} ¦ {lists} ¦ {bools}
collection:
    {list} ¦ {strings} ¦ {string_set} ¦ {string_map} ¦ {item_map} ¦ {object} ¦ {number_set} ¦ {items}
for_object:
     for @x in {strings} {+x:string}: @x => {any}... 
string:
    {template} ¦ {template} ¦ {template} ¦ {template} ¦ {heredoc} ¦ {bool.} ? {string} : {string} ¦
    {bool} ? {string} : {bool} ? {string} : {string} ¦ ({string}) ¦ {string_map!}[{key}] ¦ {string_map!}.a ¦
    {strings!}[{index}] ¦ {items!}[{index}].id ¦ {item!}.id ¦ {item!}["id"] ¦ {item_map!}[{key}].id ¦
    upper({string}) ¦ lower({string}) ¦ title({string}) ¦ trimspace({string}) ¦ chomp({string}) ¦
    trim({string}, {string}) ¦ trimprefix({string}, {string}) ¦ trimsuffix({string}, {string}) ¦
    strrev({string}) ¦ replace({string}, {string}, {string}) ¦ replace({string}, {slashed}, {replacement}) ¦
    indent({small}, {string}) ¦ substr({string}, {offset}, {offset}) ¦ substr({string}, 0, {small}) ¦
    join({string}, {strings}) ¦ join("-", {strings}...) ¦ join(",", {strings}, {strings}) ¦ join(",", {numbers}) ¦
    format({format}, {prim}) ¦ format("%s-%s", {prim}, {prim}) ¦ format("%s/%d", {strings}...) ¦
    format("%v %v", {any}, {any}) ¦ format("%[2]s.%[1]s", {string}, {string}) ¦
    format({number_format}, {number}) ¦ formatdate({date_format}, {date}) ¦ {date} ¦ base64encode({string}) ¦
    base64decode(base64encode({string})) ¦ base64decode({string}) ¦ md5({string}) ¦ sha1({string}) ¦
    sha256({string}) ¦ sha512({string}) ¦ base64sha256({string}) ¦ base64sha512({string}) ¦ urlencode({string}) ¦
    jsonencode({any}) ¦ jsonencode({any}) ¦ yamlencode({any}) ¦ basename({string}) ¦ dirname({string}) ¦
    pathexpand({string}) ¦ cidrhost({cidr}, {small}) ¦ cidrnetmask({cidr}) ¦ cidrsubnet({cidr}, {bits}, {small}) ¦
    uuidv5("dns", {string}) ¦ uuidv5("url", {string}) ¦ tostring({prim}) ¦
    textencodebase64({string}, "UTF-16LE") ¦ textdecodebase64(textencodebase64({string}, "UTF-8"), "UTF-8") ¦
    element({strings}, {small}) ¦ lookup({string_map}, {key}, {string}) ¦ coalesce({string}, {string}) ¦
    coalesce({strings}...) ¦ one({strings}) ¦ one([{string}]) ¦ try({string}, {string}) ¦ try({any}, {string}) ¦
    try({string_map}.zz, {item}.zz, {string}) ¦ regex("[a-z]+", {string}) ¦ keys({string_map})[{index}] ¦
    templatestring(local.template, { name = {string} }) ¦ tolist({string_set})[{index}] ¦ {item!}[*].id[0] ¦
    nonsensitive(sensitive({string})) ¦ [for @x in {strings} {+x:string}: upper(@x)][{index}] ¦
    jsondecode(jsonencode({string})) ¦ min({number}, {number}) ¦ "${{string}}" ¦ "${{number}}" ¦
    try(tostring({any}), {string}) ¦ {object!}.name ¦ element(split(",", {string}), {small}) ¦
    sort({strings})[{index}] ¦ (/* why */ {string} # so⏎) ¦ values({string_map})[0]
number:
    {number.} + {number.} ¦ {number.} - {number.} ¦ {number.} * {number.} ¦ {number.} / {divisor} ¦
    {number.} % {divisor} ¦ -{number.} ¦ - {number.} ¦ {number.}+{number.}*{number.} ¦ ({number}) ¦
    {number.} - {number.} - {number.} ¦ {number.} / {divisor} * {number.} ¦ {number.} * {number.} % {divisor} ¦
    {bool.} ? {number} : {number} ¦ {bool} ? {number} : {bool} ? {number} : {number} ¦ {number.} + {string.} ¦
    abs({number}) ¦ ceil({number}) ¦ floor({number}) ¦ signum({number}) ¦ max({number}, {number}) ¦
    min({number}, {number}, {number}) ¦ max({numbers}...) ¦ min(1, {numbers}...) ¦ sum({numbers}) ¦
    sum({number_set}) ¦ length({string}) ¦ length({collection}) ¦ length({list}) ¦ parseint({hex}, {radix}) ¦
    pow({small}, {small}) ¦ log({divisor}, 2) ¦ log(1000, 10) ¦ pow({number.} % 10, 2) ¦
    index({strings}, {string}) ¦ index({numbers}, {number}) ¦ tonumber({string}) ¦ tonumber({number}) ¦
    timecmp({date}, {date}) ¦ {numbers!}[{index}] ¦ {number_map!}[{key}] ¦ {items!}[{index}].n ¦ {item!}.n ¦
    {number_map!}.a ¦ element({numbers}, {small}) ¦ lookup({number_map}, {key}, {number}) ¦
    lookup({number_map}, {key}) ¦ try({number}, {number}) ¦ try(tonumber({string}), {number}) ¦ one([{number}]) ¦
    coalesce({number}, {number}) ¦ length([for @x in {strings} {+x:string}: @x if {bool}]) ¦
    range({small})[{index}] ¦ sum([for @k, @v in {number_map} {+k:string}{+v:number}: @v * {number.}]) ¦
    jsondecode(jsonencode({number})) ¦ (⏎{number} +⏎{number.}⏎) ¦ "${{number}}" ¦ {item_map!}[{key}].n ¦
    length({string_map}) ¦ length(keys({object}))
bool:
    {number.} < {number.} ¦ {number.} > {number.} ¦ {number.} <= {number.} ¦ {number.} >= {number.} ¦ !{bool.} ¦
    {number.} == {number.} ¦ {string.} == {string.} ¦ {string.} != {string.} ¦ {any.} == {any.} ¦
    {any.} != {any.} ¦ {any.} == null ¦ {null.} == {any.} ¦ null != {any.} ¦ {bool.} && {bool.} ¦
    {bool.} || {bool.} ¦ ({bool}) ¦ {bool.} || {bool.} && {bool.} ¦ {bool.} && {bool.} || !{bool.} ¦
    {number.} == {string.} ¦ {bool.} == {bool.} ¦ {number.} + {number.} > {number.} * {number.} ¦
    {number.} < {number.} == {bool.} ¦ {list.} == {list.} ¦ {bool.} ? {bool} : {bool} ¦
    contains({strings}, {string}) ¦ contains({list}, {any}) ¦ contains({string_set}, {string}) ¦
    alltrue({bools}) ¦ anytrue({bools}) ¦ alltrue([for @x in {items} {+x:item}: @x.on]) ¦ can({any}) ¦
    can({any}.a) ¦ can(regex({pattern}, {string})) ¦ can(tonumber({string})) ¦ startswith({string}, {string}) ¦
    tobool({bool}) ¦ endswith({string}, {string}) ¦ strcontains({string}, {string}) ¦ tobool({string}) ¦
    {item!}.on ¦ {items!}[{index}].on ¦ length({strings}) == {small} ¦ {strings.} == [] ¦ try({bool}, {bool}) ¦
    lookup({item}, "on", {bool}) ¦ one([{bool}]) ¦ contains(keys({string_map}), {key}) ¦
    {string_map.} == {string_map.} ¦ {item.} == {item.} ¦ !contains({strings}, {string})
strings:
    [{string}, {string}] ¦ [{string}] ¦ [⏎{string}, # first⏎{string},⏎] ¦ tolist([{prim}, {string}]) ¦
    keys({string_map}) ¦ [for @x in {strings} {+x:string}: {string}] ¦
    [for @x in {strings} {+x:string}: @x if {bool}] ¦ keys({item_map}) ¦
    [for @k, @v in {string_map} {+k:string}{+v:string}: {string}] ¦
    [for @i, @x in {strings} {+i:number}{+x:string}: {string}] ¦ [for @x in {string_set} {+x:string}: {string}] ¦
    [for @x in {items} {+x:item}: @x.id if @x.on] ¦ values({string_map}) ¦
    [for @k, @v in {item_map} {+k:string}{+v:item}: {string}] ¦ {items!}[*].id ¦ {items!}.*.id ¦ {strings!}[*] ¦
    {string!}[*] ¦ {null!}[*] ¦ compact({strings}) ¦ compact([{string}, {string}]) ¦
    concat({strings}, {strings}) ¦ concat({lists}...) ¦ distinct({strings}) ¦
    distinct(concat({strings}, {strings})) ¦ flatten({lists}) ¦ reverse({strings}) ¦
    flatten([{strings}, [{string}]]) ¦ sort({strings}) ¦ sort({string_set}) ¦ slice({strings}, 0, {small}) ¦
    split({string}, {string}) ¦ split(",", {string}) ¦ tolist({string_set}) ¦ tolist({strings}) ¦
    coalescelist({strings}, {strings}) ¦ formatlist({format}, {strings}) ¦
    formatlist("%s-%s", {string}, {strings}) ¦ formatlist("%s:%d", {strings}, {numbers}) ¦
    matchkeys({strings}, {strings}, {strings}) ¦ cidrsubnets({cidr}, {bits}, {bits}) ¦
    regexall("[a-z]+", {string}) ¦ chunklist({strings}, 2)[0] ¦ {bool.} ? {strings} : {strings} ¦
    {bool.} ? {strings} : [] ¦ {lists_map!}[{key}] ¦ lookup({lists_map}, {key}, {strings}) ¦
    try({strings}, {strings}) ¦ element({lists}, {small}) ¦ {lists!}[{index}] ¦ values({lists_map})[0] ¦
    cidrsubnets("10.0.0.0/8", 4, 4, 8) ¦ [for @x in {lists} {+x:strings}: try(@x[0], {string})] ¦
    toset({strings}) ¦ {string_set} ¦ reverse(sort({strings})) ¦ jsondecode(jsonencode({strings})) ¦
    regex("(.)(.)", {string}) ¦ (⏎  {strings}⏎) ¦ {items!}[*]["id"]
numbers:
    [{number}, {number}] ¦ [{number}] ¦ range({small}) ¦ range(1, {small}) ¦ range({small}, 0) ¦ range(0, 10, 3) ¦
    range(1, 0, -0.5) ¦ [for @x in {numbers} {+x:number}: {number}] ¦ [for @x in {items} {+x:item}: @x.n] ¦
    {items!}[*].n ¦ [for @i, @x in {strings} {+i:number}{+x:string}: {number}] ¦
    [for @x in {strings} {+x:string}: length(@x)] ¦ concat({numbers}, {numbers}) ¦ distinct({numbers}) ¦
    reverse({numbers}) ¦ values({number_map}) ¦ tolist({number_set}) ¦ slice({numbers}, 0, {small}) ¦
    {bool.} ? {numbers} : {numbers} ¦ flatten([[{number}], {numbers}]) ¦ [ {number} , {number} ][*] ¦
    {items!}.*.n ¦ try({numbers}, {numbers}) ¦ {number_set} ¦ coalescelist([], {numbers}) ¦
    matchkeys({numbers}, {strings}, {strings})
bools:
    [{bool}, {bool}] ¦ [for @x in {items} {+x:item}: {bool}] ¦ {items!}[*].on ¦
    [for @x in {numbers} {+x:number}: @x > {number.}] ¦ concat({bools}, {bools}) ¦ tolist({bools}) ¦
    [for @x in {strings} {+x:string}: can(regex({pattern}, @x))]
mixed:
    [{prim}, {prim}] ¦ [{any}, {any}] ¦ [{any}] ¦ concat({strings}, {numbers}) ¦ flatten([{mixed}]) ¦
    {mixed!}[*] ¦ [for @x in {mixed} {+x:any}: {any}] ¦ reverse({mixed}) ¦ regexall({pattern}, {string}) ¦
    slice({mixed}, 0, {small}) ¦ setproduct({strings}, {strings}) ¦ [for @x in {collection} {+x:any}: @x] ¦
    values({object}) ¦ csvdecode({csv}) ¦
    [for @k, @v in {collection} {+k:any}{+v:any}: { key = @k, value = @v }] ¦ {bool.} ? {mixed} : {strings}
lists:
    [{strings}, {strings}] ¦ chunklist({strings}, {chunk}) ¦ [for @x in {strings} {+x:string}: [@x, {string}]] ¦
    values({lists_map}) ¦ [for @x in {strings} {+x:string}: split(",", @x)] ¦ concat({lists}, {lists}) ¦
    setproduct({strings}, {strings}) ¦ {lists!}[*] ¦ [for @x in {lists} {+x:strings}: reverse(@x)] ¦
    [for @x in {lists} {+x:strings}: @x if length(@x) > 0] ¦ tolist({lists}) ¦
    [for @x in {strings} {+x:string}: [for @y in {strings} {+y:string}: {string}]]
items:
    [{item}, {item}] ¦ [{item}] ¦ [for @x in {items} {+x:item}: @x if {bool}] ¦ concat({items}, {items}) ¦
    values({item_map}) ¦ [for @i, @x in {strings} {+i:number}{+x:string}: { id = @x, n = @i, on = {bool} }] ¦
    tolist({items}) ¦ {items!}[*] ¦ [for @k, @v in {item_map} {+k:string}{+v:item}: merge(@v, { id = @k })] ¦
    {bool.} ? {items} : {items} ¦ reverse({items}) ¦ [for @x in {items} {+x:item}: merge(@x, { n = {number} })] ¦
    {item!}[*] ¦ {bool.} ? {items} : [] ¦ flatten([{items}, [{item}]]) ¦ distinct({items}) ¦
    slice({items}, 0, {small}) ¦ csvdecode("id,n,on\na,1,true\nb,2,false") ¦ coalescelist({items}, {items})
string_set:
    toset({strings}) ¦ toset([{string}, {string}]) ¦ setunion({string_set}, {strings}) ¦
    setintersection({string_set}, {string_set}) ¦ setsubtract({string_set}, {strings}) ¦
    toset(keys({string_map})) ¦ toset([for @x in {strings} {+x:string}: {string}]) ¦
    {bool.} ? {string_set} : {string_set} ¦ setunion({string_set}, {string_set}, {string_set}) ¦
    toset(compact({strings}))
number_set:
    toset({numbers}) ¦ setunion({number_set}, {numbers}) ¦ setsubtract({number_set}, {numbers}) ¦
    toset([{number}, {number}]) ¦ setintersection({number_set}, {number_set})
string_map:
    { a = {string}, b = {string} } ¦ { a = {string} } ¦ { "a" = {string}, (local.s) : {string} } ¦
    tomap({string_map}) ¦ {⏎  a = {string}⏎  # why⏎  b = {string}⏎} ¦ merge({string_map}, {string_map}) ¦
    merge([{string_map}, {string_map}]...) ¦ { for @x in {strings} {+x:string}: @x => {string} } ¦
    { for @x in distinct({strings}) {+x:string}: @x => {string} if {bool} } ¦
    { for @k, @v in {string_map} {+k:string}{+v:string}: @k => {string} } ¦
    { for @k, @v in {string_map} {+k:string}{+v:string}: @v => @k } ¦
    { for @x in {items} {+x:item}: @x.id => {string} } ¦
    { for @i, @x in {strings} {+i:number}{+x:string}: "${@x}-${@i}" => @x } ¦ zipmap({strings}, {strings}) ¦
    zipmap(["a", "b"], [{string}, {string}]) ¦ {bool.} ? {string_map} : {string_map} ¦
    {bool.} ? {string_map} : {} ¦ try({string_map}, {string_map}) ¦ { "${{string}}" = {string}, a = {string} } ¦
    merge({string_map}, null) ¦ jsondecode(jsonencode({string_map})) ¦
    merge({string_map}, { for @x in {strings} {+x:string}: "k${@x}" => @x }) ¦
    tomap({ a = {prim}, b = {string} })
number_map:
    { a = {number}, b = {number} } ¦ { for @k, @v in {number_map} {+k:string}{+v:number}: @k => {number} } ¦
    tomap({number_map}) ¦ { for @i, @x in distinct({strings}) {+i:number}{+x:string}: @x => @i } ¦
    merge({number_map}, {number_map}) ¦ zipmap(["a", "b"], {numbers}) ¦
    { for @x in {items} {+x:item}: @x.id => {number} } ¦ {bool.} ? {number_map} : {number_map}
lists_map:
    { a = {strings}, b = {strings} } ¦ { for @x in {items} {+x:item}: @x.on => @x.id... } ¦
    transpose({lists_map}) ¦ tomap({lists_map}) ¦ { for @x in {strings} {+x:string}: length(@x) => {string}... } ¦
    { for @x in {strings} {+x:string}: @x => @x... } ¦
    { for @k, @v in {string_map} {+k:string}{+v:string}: @v => @k... if {bool} } ¦
    merge({lists_map}, {lists_map})
item_map:
    { for @x in {items} {+x:item}: @x.id => @x } ¦ { for @x in {items} {+x:item}: @x.id => @x if {bool} } ¦
    merge({item_map}, {item_map}) ¦ { a = {item}, b = {item} } ¦
    { for @k, @v in {item_map} {+k:string}{+v:item}: @k => merge(@v, { n = {number} }) } ¦ tomap({item_map}) ¦
    { for @x in {items} {+x:item}: @x.id => { id = {string}, n = {number}, on = {bool} } } ¦
    {bool.} ? {item_map} : {}
item:
    { id = {string}, n = {number}, on = {bool} } ¦ {items!}[{index}] ¦ {item_map!}[{key}] ¦ {item_map!}.a ¦
    {bool.} ? {item} : {item} ¦ merge({item}, { n = {number} }) ¦
    merge({item}, { id = {string}, extra = {any} }) ¦ one([{item}]) ¦ element({items}, {small}) ¦
    try({item}, {item}) ¦ { for @k, @v in {item} {+k:string}{+v:prim}: @k => @v } ¦
    lookup({item_map}, {key}, {item}) ¦ {bool.} ? {item} : null ¦ jsondecode(jsonencode({item})) ¦
    {⏎  id: {string},⏎  n: {number},⏎  on: {bool},⏎}
object:
    { a = {any}, b = {any} } ¦ { name = {string}, size = {number}, none = {null} } ¦ merge({object}, {object}) ¦
    merge({item}, {object}) ¦ { for @k, @v in {object} {+k:string}{+v:any}: upper(@k) => @v if @v != null } ¦
    { a = { b = {any} } } ¦ jsondecode({json}) ¦ regex("(?P<name>[a-z]+)-(?P<n>[0-9]+)", {string}) ¦
    yamldecode(yamlencode({object})) ¦ { a = {any}, "b c" = {any}, (local.digits) = {any} } ¦
    { for @x in {strings} {+x:string}: @x => {any} } ¦ { a : {any} , }
null:
    tostring(null) ¦ try({null}, null) ¦ {bool.} ? null : {null} ¦ lookup({item}, "none", null) ¦ one([]) ¦ null
index:
    0 ¦ 0 ¦ 1 ¦ 2 ¦ -1 ¦ "0" ¦ 1.0 ¦ local.zero ¦ {small} ¦ length({strings}) - 1
small:
    0 ¦ 1 ¦ 2 ¦ 3 ¦ 4 ¦ 5 ¦ length({strings}) ¦ abs({neat}) ¦ "1"
neat:
    1 ¦ 2 ¦ local.neg ¦ local.zero
chunk:
    1 ¦ 2 ¦ 3
offset:
    0 ¦ 1 ¦ 2 ¦ 3 ¦ -1 ¦ -2 ¦ 10
divisor:
    2 ¦ 3 ¦ 4 ¦ 10 ¦ 0.5 ¦ 7 ¦ 1.5 ¦ local.n ¦ local.neg ¦ local.half ¦ 8
bits:
    1 ¦ 2 ¦ 4 ¦ 8 ¦ 3
key:
    "a" ¦ "a" ¦ "b" ¦ "zz" ¦ "n" ¦ "id" ¦ local.s ¦ local.empty ¦ {string}
cidr:
    "10.0.0.0/16" ¦ local.cidr ¦ "192.168.4.0/22" ¦ "10.1.2.3/8" ¦ local.cidr6 ¦ "fd00::/8" ¦ "10.0.0.0" ¦
    "::/0"
date:
    local.date ¦ "2023-12-31T23:59:59Z" ¦ "2024-01-01T00:00:00+09:00" ¦ "2017-11-22T00:00:00-05:30" ¦
    "2024-02-29" ¦ timeadd({date}, {duration}) ¦ timeadd({date}, {duration})
duration:
    "1h" ¦ "10m" ¦ "-24h" ¦ "1h30m" ¦ "720h" ¦ "1.5h" ¦ "0.5s" ¦ "45s" ¦ "-0.25h" ¦ "2us" ¦ "1d"
date_format:
    "YYYY-MM-DD" ¦ "DD MMM YYYY hh:mm ZZZ" ¦ "EEEE, DD-MMM-YY hh:mm:ss ZZZZZ" ¦ "h:mm AA" ¦ "'at' HH 'o''clock'" ¦
    "M/D/YY H:m:s aa" ¦ "EEE MMMM D" ¦ "YYYY-MM-DD'T'hh:mm:ssZ" ¦ "hh:mm:ss ZZZZ" ¦ "YYY"
pattern:
    "[a-z]+" ¦ "([a-z]+)-?" ¦ "(?P<name>[a-z]+)-(?P<n>[0-9]+)" ¦ "^$" ¦ "\\d+" ¦ "(a)|(b)" ¦ "." ¦ "(?i)ALPHA" ¦
    "\\pL+" ¦ "[[:alpha:]]+" ¦ "a{2,3}" ¦ "(?:x)(y)?" ¦ "[" ¦ "$" ¦ "\\bwo" ¦ "(?s).*" ¦ "z*"
slashed:
    "/[aeiou]/" ¦ "/(\\w+)/" ¦ "/^/" ¦ "/a*/" ¦ "/(?P<x>[a-z])(\\d)?/" ¦ "/-/" ¦ "/[/" ¦ "/.$/"
replacement:
    "-" ¦ "" ¦ "<$1>" ¦ "$${1}x" ¦ "$x" ¦ "$${x}" ¦ "$$" ¦ "$0$0" ¦ "\\1"
format:
    "%s" ¦ "<%s>" ¦ "%q" ¦ "%v" ¦ "%5s|" ¦ "%-5s|" ¦ "%.2s" ¦ "%%%s" ¦ "%#v" ¦ "é%s" ¦ "%d" ¦ "%t" ¦ "%05s"
number_format:
    "%d" ¦ "%05d" ¦ "%+d" ¦ "%x" ¦ "%X" ¦ "%o" ¦ "%b" ¦ "%f" ¦ "%.2f" ¦ "%8.3f|" ¦ "%-8d|" ¦ "%e" ¦ "%g" ¦ "%s" ¦
    "%v" ¦ "%#x" ¦ "%q" ¦ "%.0f" ¦ "% d" ¦ "%E" ¦ "%G" ¦ "%-8.1f|" ¦ "%+.1f" ¦ "%3d"
hex:
    "ff" ¦ "101" ¦ "-7f" ¦ "0" ¦ "zz" ¦ "FF" ¦ "12" ¦ {number} ¦ "9999999999999999999999"
radix:
    16 ¦ 2 ¦ 36 ¦ 10 ¦ 62 ¦ 8 ¦ 1
json:
    local.document ¦ "[1, 2.0, 1e2, null, true, \"\\u00e9\"]" ¦ "{}" ¦ "\"x\"" ¦ "1.10" ¦ "nope" ¦ "[1,]" ¦
    " {\"b\":1,\"a\":{}} " ¦ jsonencode({any}) ¦ "null" ¦ "{\"a\":1,\"a\":2}"
yaml:
    "a: 1\nb: [x, y]\n" ¦ "- 1\n- 0x1F\n- 1.50\n- ~\n- yes\n- true\n- 'q'\n" ¦ "x" ¦ "" ¦
    "a: &x {b: 1}\nc: *x\n" ¦ "{a: 2024-01-01}" ¦ "- 1_000\n- 010\n- .inf\n" ¦
    "a: |\n  two\n  lines\nb: >\n  one\n  line\n" ¦ yamlencode({any}) ¦ "1: x" ¦ "a: 1e3"
csv:
    "a,b\n1,2\n3,4\n" ¦ "id,n\n\"x,y\",\"q\"\"q\"\n" ¦ "a\n" ¦ "" ¦ "a,b\n1\n" ¦ "a,a\n1,2" ¦ "é, b\n x , y "
"""
)

KINDS_AT_TOP = (
    *("string",) * 6,
    *("number",) * 5,
    *("bool",) * 5,
    *("any",) * 5,
    *("strings",) * 4,
    *("numbers", "mixed", "items", "lists", "string_set", "number_set", "number_map", "lists_map", "item_map", "bools"),
    *("string_map", "string_map", "item", "item", "object", "object", "null"),
)

IMPURE = frozenset(
    "abspath bcrypt file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256"
    " filesha512 plantimestamp templatefile timestamp uuid".split()
)
"""Functions that read files, the clock or chance. Their answers are not the expression's alone."""

NOT_GENERATED = frozenset("base64gzip rsadecrypt ephemeralasnull issensitive".split())
"""Pure, but of one compressor, of a private key, or about marks that the evaluator does not keep."""

TEXTS = ("a", "B ", " c", "x-y", "é", "=", ",", "$", "%", " ", "  ", "0", "#", "{", "}", "//", "'", "$ {", "% {")
QUOTED_TEXTS = (*TEXTS, r"\n", r"\t", r"\"", r"\\", r"\u00e9", r"\U0001F600", "$${a}", "%%{b}", "$$", "$${", "%%{")
HEREDOC_TEXTS = (*TEXTS, "\n", "\n", "\n  ", "\n    ", "\n\n", '"', r"\n", "\\", "$${a}", "%%{b}", "\t")

PLACE = re.compile(r"@(\w)|\{\+(\w):(\w+)\}|\{([a-z_]+)([.!]?)\}")
SIMPLE = re.compile(r"[a-z_][\w.]*(\[(\d+|\"[^\"]*\"|\*)\][\w.]*)*|[a-z_]\w*\([^()]*\)")
OPERATOR = re.compile(r"[-+*/%<>=!&|?]")


@dataclass(frozen=True)
class Expression:
    """`wrapped`: nothing in it is unknown, so it may stand in `try` and an error becomes a value."""

    text: str
    wrapped: bool


class Generator:
    """Expressions from a seed: the same seed makes the same ones."""

    productions: Mapping[str, Sequence[str]] = PRODUCTIONS
    literals: Mapping[str, Sequence[str]] = LITERALS
    wrong_kind = WRONG_KIND
    bare_conditional = 0.1
    """How often a conditional that is an operand stands without brackets, and so is another expression."""

    def __init__(self, chance: random.Random, depth: int = 4) -> None:
        self._random = chance
        self._depth = depth
        self._unknowns = False
        self._quoted = 0
        self._scope: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Expression]:
        while True:
            self._unknowns = self._random.random() < UNKNOWN_SHARE
            self._scope, self._quoted = [], 0
            text = self._of(self._random.choice(KINDS_AT_TOP), self._random.randint(1, self._depth))
            if len(text) <= 600:
                yield Expression(text, wrapped=not self._unknowns)

    def _of(self, kind: str, depth: int) -> str:
        if kind in ("template", "heredoc"):
            return self._heredoc(depth) if kind == "heredoc" and not self._quoted else self._template(depth)
        if kind in self.productions and kind not in self.literals and kind != "any":
            deeper = kind not in ("prim", "list", "collection")
            return self._expanded(self._random.choice(self.productions[kind]), depth - deeper)
        if not self._unknowns and self._random.random() < self.wrong_kind:
            kind = "any"
        if depth <= 0 or kind not in self.productions:
            return self._leaf(kind)
        return self._expanded(self._random.choice(self.productions[kind]), depth - 1)

    def _leaf(self, kind: str) -> str:
        if kind == "any":
            kind = self._random.choice(tuple(self.literals))
        bound = [name for name, of in self._scope if of == kind]
        if bound and self._random.random() < 0.6:
            return self._random.choice(bound)
        return self._expanded(self._random.choice(self._leaves(kind)), 0)

    def _leaves(self, kind: str) -> list[str]:
        if self._unknowns and self._random.random() < UNKNOWN_LEAF:
            return UNKNOWN_LEAVES[kind]
        return list(self.literals[kind] if self._random.random() < 0.3 else KNOWN_LEAVES[kind])

    def _expanded(self, production: str, depth: int) -> str:
        names: dict[str, str] = {}
        outer, made, place = list(self._scope), [], 0
        quoted = '"${' in production
        self._quoted += quoted
        for match in PLACE.finditer(production):
            made.append(production[place : match.start()])
            place = match.end()
            variable, bound, bound_kind, kind, use = match.groups()
            if variable:
                free = [name for name in "xyzkvij" if name not in names.values()]
                made.append(names.setdefault(variable, self._random.choice(free)))
            elif bound:
                self._scope = [entry for entry in self._scope if entry[0] != names[bound]] + [
                    (names[bound], bound_kind)
                ]
            elif kind in self.productions or kind in self.literals or kind in ("template", "heredoc"):
                made.append(self._used(self._of(kind, depth), use))
            else:
                made.append(match[0])
        self._scope = outer
        self._quoted -= quoted
        return "".join(made) + production[place:]

    def _used(self, text: str, use: str) -> str:
        if use == "!":
            return text if SIMPLE.fullmatch(text) else f"({text})"
        if use == "." and (OPERATOR.search(text) or "<<" in text):
            bare = self.bare_conditional if "?" in text else 0.7
            return text if self._random.random() < bare and "<<" not in text else f"({text})"
        return text

    def _template(self, depth: int) -> str:
        self._quoted += 1
        text = "".join(self._piece(depth - 1, QUOTED_TEXTS) for _ in range(self._random.randint(1, 4)))
        self._quoted -= 1
        return f'"{text}"'

    def _heredoc(self, depth: int) -> str:
        indented = self._random.random() < 0.6
        self._quoted += 1
        text = "".join(self._piece(depth - 1, HEREDOC_TEXTS) for _ in range(self._random.randint(1, 6)))
        self._quoted -= 1
        margin = " " * self._random.choice((0, 2, 4))
        lines = [margin + line if self._random.random() < 0.9 else line for line in text.split("\n")]
        body = "\n".join(line for line in lines if line.strip() != "EOT")
        end = " " * self._random.choice((0, 2)) + "EOT"
        return f"<<{'-' if indented else ''}EOT\n{body}\n{end}\n"

    def _piece(self, depth: int, texts: tuple[str, ...]) -> str:
        """A part of a template. It has no line breaks beside those of the texts: quotes allow none."""
        choice = self._random.random()
        before, after = (self._random.choice(("", "", "", "~")) for _ in range(2))
        if choice < 0.45:
            return self._random.choice(texts)
        if choice < 0.8:
            inner = self._one_line(self._of("prim", depth))
            space = self._random.choice(("", "", " "))
            return f"${{{before}{space}{inner}{space}{after}}}"
        opening, closing = f"%{{{before} ", f" {after}}}"
        first = "".join(self._piece(depth - 1, texts) for _ in range(self._random.randint(0, 2)))
        if choice < 0.9:
            condition = self._one_line(self._of("bool", depth))
            other = f"{opening}else{closing}{self._random.choice(texts)}" if self._random.random() < 0.6 else ""
            return f"{opening}if {condition}{closing}{first}{other}{opening}endif{closing}"
        name = self._random.choice("xyv")
        over = self._one_line(self._of("strings", depth))
        return f"{opening}for {name} in {over}{closing}{first}${{{name}}}{self._random.choice(texts)}{opening}endfor{closing}"

    def _one_line(self, text: str) -> str:
        return text if "\n" not in text else self._leaf("string")


def expressions(seed: int, count: int) -> list[Expression]:
    """The first so many of a seed."""
    made = iter(Generator(random.Random(seed)))
    return [next(made) for _ in range(count)]


def functions_used() -> set[str]:
    """Every function that a production calls."""
    return set(re.findall(r"\b([a-z]\w*)\(", json.dumps([PRODUCTIONS, KNOWN_LEAVES, UNKNOWN_LEAVES, LITERALS])))
