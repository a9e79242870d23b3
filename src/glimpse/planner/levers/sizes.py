"""
What instances of each type have, and which newer or other type has at least as much: nobody is advised into less.

Sources. vCPUs and memory: AWS's price lists of EC2 and ElastiCache, which state both beside each price. Bandwidth, of
the sizes that have a fixed one: EC2 user guide, network performance; smaller sizes have a baseline that is not
published for old families ("moderate", "high") and is not compared. Instance store: EC2 user guide, instance store
volumes. RDS, Aurora and OpenSearch name their classes after EC2's types and have the same vCPUs and memory (RDS user
guide, hardware specifications; price list of OpenSearch); an ElastiCache node has less memory, listed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

_CELL = re.compile(r"(\w+) (\d+)/([\d.]+)(?:@([\d.]+))?(?:\+(\d+))?")


@dataclass(frozen=True, slots=True)
class Size:
    """`gib` of memory; `gbps` of bandwidth where it is fixed, else None; `disk_gb` of instance store."""

    vcpus: int
    gib: Fraction
    gbps: Fraction | None = None
    disk_gb: int = 0

    def holds(self, other: Size) -> bool:
        """Whether it has all that the other has, as far as both are known."""
        slower = self.gbps is not None and other.gbps is not None and self.gbps < other.gbps
        return self.vcpus >= other.vcpus and self.gib >= other.gib and self.disk_gb >= other.disk_gb and not slower


def _read(table: str) -> Mapping[str, Size]:
    """A line for each family: its sizes as `size vCPUs/GiB`, then `@Gbps` and `+GB` of instance store."""
    sizes = {}
    for line in table.strip().splitlines():
        family, _, cells = line.partition(": ")
        for size, vcpus, gib, gbps, disk in _CELL.findall(cells):
            fixed = Fraction(gbps) if gbps else None
            sizes[f"{family}.{size}"] = Size(int(vcpus), Fraction(gib), fixed, int(disk or 0))
    return MappingProxyType(sizes)


EC2 = _read("""
t2: nano 1/0.5, micro 1/1, small 1/2, medium 2/4, large 2/8, xlarge 4/16, 2xlarge 8/32
t3: nano 2/0.5, micro 2/1, small 2/2, medium 2/4, large 2/8, xlarge 4/16, 2xlarge 8/32
t3a: nano 2/0.5, micro 2/1, small 2/2, medium 2/4, large 2/8, xlarge 4/16, 2xlarge 8/32
t4g: nano 2/0.5, micro 2/1, small 2/2, medium 2/4, large 2/8, xlarge 4/16, 2xlarge 8/32
m3: medium 1/3.75+4, large 2/7.5+32, xlarge 4/15+80, 2xlarge 8/30+160
m4: large 2/8, xlarge 4/16, 2xlarge 8/32, 4xlarge 16/64, 10xlarge 40/160@10, 16xlarge 64/256@25
m5: large 2/8, xlarge 4/16, 2xlarge 8/32, 4xlarge 16/64
m5: 8xlarge 32/128@10, 12xlarge 48/192@12, 16xlarge 64/256@20, 24xlarge 96/384@25
m5d: large 2/8+75, xlarge 4/16+150, 2xlarge 8/32+300, 4xlarge 16/64+600
m5d: 8xlarge 32/128@10+1200, 12xlarge 48/192@12+1800, 16xlarge 64/256@20+2400, 24xlarge 96/384@25+3600
m6a: large 2/8, xlarge 4/16, 2xlarge 8/32, 4xlarge 16/64, 8xlarge 32/128@12.5
m6a: 12xlarge 48/192@18.75, 16xlarge 64/256@25, 24xlarge 96/384@37.5, 32xlarge 128/512@50
m6g: medium 1/4, large 2/8, xlarge 4/16, 2xlarge 8/32
m6g: 4xlarge 16/64, 8xlarge 32/128@12, 12xlarge 48/192@20, 16xlarge 64/256@25
m6gd: medium 1/4+59, large 2/8+118, xlarge 4/16+237, 2xlarge 8/32+474
m6gd: 4xlarge 16/64+950, 8xlarge 32/128@12+1900, 12xlarge 48/192@20+2850, 16xlarge 64/256@25+3800
m6i: large 2/8, xlarge 4/16, 2xlarge 8/32, 4xlarge 16/64, 8xlarge 32/128@12.5
m6i: 12xlarge 48/192@18.75, 16xlarge 64/256@25, 24xlarge 96/384@37.5, 32xlarge 128/512@50
m7g: medium 1/4, large 2/8, xlarge 4/16, 2xlarge 8/32
m7g: 4xlarge 16/64, 8xlarge 32/128@15, 12xlarge 48/192@22.5, 16xlarge 64/256@30
c3: large 2/3.75+32, xlarge 4/7.5+80, 2xlarge 8/15+160, 4xlarge 16/30+320, 8xlarge 32/60@10+640
c4: large 2/3.75, xlarge 4/7.5, 2xlarge 8/15, 4xlarge 16/30, 8xlarge 36/60@10
c5: large 2/4, xlarge 4/8, 2xlarge 8/16, 4xlarge 16/32
c5: 9xlarge 36/72@12, 12xlarge 48/96@12, 18xlarge 72/144@25, 24xlarge 96/192@25
c5a: large 2/4, xlarge 4/8, 2xlarge 8/16, 4xlarge 16/32
c5a: 8xlarge 32/64@10, 12xlarge 48/96@12, 16xlarge 64/128@20, 24xlarge 96/192@20
c5d: large 2/4+50, xlarge 4/8+100, 2xlarge 8/16+200, 4xlarge 16/32+400
c5d: 9xlarge 36/72@12+900, 12xlarge 48/96@12+1800, 18xlarge 72/144@25+1800, 24xlarge 96/192@25+3600
c6a: large 2/4, xlarge 4/8, 2xlarge 8/16, 4xlarge 16/32, 8xlarge 32/64@12.5
c6a: 12xlarge 48/96@18.75, 16xlarge 64/128@25, 24xlarge 96/192@37.5, 32xlarge 128/256@50
c6g: medium 1/2, large 2/4, xlarge 4/8, 2xlarge 8/16
c6g: 4xlarge 16/32, 8xlarge 32/64@12, 12xlarge 48/96@20, 16xlarge 64/128@25
c6gd: medium 1/2+59, large 2/4+118, xlarge 4/8+237, 2xlarge 8/16+474
c6gd: 4xlarge 16/32+950, 8xlarge 32/64@12+1900, 12xlarge 48/96@20+2850, 16xlarge 64/128@25+3800
c6i: large 2/4, xlarge 4/8, 2xlarge 8/16, 4xlarge 16/32, 8xlarge 32/64@12.5
c6i: 12xlarge 48/96@18.75, 16xlarge 64/128@25, 24xlarge 96/192@37.5, 32xlarge 128/256@50
c7g: medium 1/2, large 2/4, xlarge 4/8, 2xlarge 8/16
c7g: 4xlarge 16/32, 8xlarge 32/64@15, 12xlarge 48/96@22.5, 16xlarge 64/128@30
r3: large 2/15.25+32, xlarge 4/30.5+80, 2xlarge 8/61+160, 4xlarge 16/122+320, 8xlarge 32/244@10+640
r4: large 2/15.25, xlarge 4/30.5, 2xlarge 8/61, 4xlarge 16/122, 8xlarge 32/244@10, 16xlarge 64/488@25
r5: large 2/16, xlarge 4/32, 2xlarge 8/64, 4xlarge 16/128
r5: 8xlarge 32/256@10, 12xlarge 48/384@12, 16xlarge 64/512@20, 24xlarge 96/768@25
r5d: large 2/16+75, xlarge 4/32+150, 2xlarge 8/64+300, 4xlarge 16/128+600
r5d: 8xlarge 32/256@10+1200, 12xlarge 48/384@12+1800, 16xlarge 64/512@20+2400, 24xlarge 96/768@25+3600
r6a: large 2/16, xlarge 4/32, 2xlarge 8/64, 4xlarge 16/128, 8xlarge 32/256@12.5
r6a: 12xlarge 48/384@18.75, 16xlarge 64/512@25, 24xlarge 96/768@37.5, 32xlarge 128/1024@50
r6g: medium 1/8, large 2/16, xlarge 4/32, 2xlarge 8/64
r6g: 4xlarge 16/128, 8xlarge 32/256@12, 12xlarge 48/384@20, 16xlarge 64/512@25
r6gd: medium 1/8+59, large 2/16+118, xlarge 4/32+237, 2xlarge 8/64+474
r6gd: 4xlarge 16/128+950, 8xlarge 32/256@12+1900, 12xlarge 48/384@20+2850, 16xlarge 64/512@25+3800
r6i: large 2/16, xlarge 4/32, 2xlarge 8/64, 4xlarge 16/128, 8xlarge 32/256@12.5
r6i: 12xlarge 48/384@18.75, 16xlarge 64/512@25, 24xlarge 96/768@37.5, 32xlarge 128/1024@50
r7g: medium 1/8, large 2/16, xlarge 4/32, 2xlarge 8/64
r7g: 4xlarge 16/128, 8xlarge 32/256@15, 12xlarge 48/384@22.5, 16xlarge 64/512@30
i2: xlarge 4/30.5+800, 2xlarge 8/61+1600, 4xlarge 16/122+3200, 8xlarge 32/244@10+6400
i3: large 2/15.25+475, xlarge 4/30.5+950, 2xlarge 8/61+1900
i3: 4xlarge 16/122+3800, 8xlarge 32/244@10+7600, 16xlarge 64/488@25+15200
""")

CACHE = _read("""
m3: medium 1/2.78, large 2/6.05, xlarge 4/13.3, 2xlarge 8/27.9
m4: large 2/6.42, xlarge 4/14.28, 2xlarge 8/29.7, 4xlarge 16/60.78, 10xlarge 40/154.64
m5: large 2/6.38, xlarge 4/12.93, 2xlarge 8/26.04, 4xlarge 16/52.26, 12xlarge 48/157.12, 24xlarge 96/314.32
m6g: large 2/6.38, xlarge 4/12.93, 2xlarge 8/26.04, 4xlarge 16/52.26
m6g: 8xlarge 32/103.68, 12xlarge 48/157.12, 16xlarge 64/209.55
r3: large 2/13.5, xlarge 4/28.4, 2xlarge 8/58.2, 4xlarge 16/118, 8xlarge 32/237
r4: large 2/12.3, xlarge 4/25.05, 2xlarge 8/50.47, 4xlarge 16/101.38, 8xlarge 32/203.26, 16xlarge 64/407
r5: large 2/13.07, xlarge 4/26.32, 2xlarge 8/52.82, 4xlarge 16/105.81, 12xlarge 48/317.77, 24xlarge 96/635.61
r6g: large 2/13.07, xlarge 4/26.32, 2xlarge 8/52.82, 4xlarge 16/105.81
r6g: 8xlarge 32/209.55, 12xlarge 48/317.77, 16xlarge 64/419.09
t2: micro 1/0.555, small 1/1.55, medium 2/3.22
t3: micro 2/0.5, small 2/1.37, medium 2/3.09
t4g: micro 2/0.5, small 2/1.37, medium 2/3.09
""")

MANAGED = MappingProxyType({name: replace(size, disk_gb=0) for name, size in EC2.items()})
"""Of RDS, Aurora and OpenSearch, which keep what they store on EBS or in a cluster's volume."""

NEWER: Mapping[str, str] = {
    "t2": "t3", "m3": "m5d", "m4": "m5", "c3": "c5d", "c4": "c5", "c5a": "c6a", "r3": "r5d", "r4": "r5", "i2": "i3",
}  # fmt: skip
"""
The next generation of a family, of the same maker's processors, for as much or less. Families with an instance store go
to one with a larger one. Later generations (m6i, m7i) have the price of m5 or more: they save nothing.
"""

NEWER_MANAGED: Mapping[str, str] = {"t2": "t3", "m3": "m5", "m4": "m5", "c4": "c5", "r3": "r5", "r4": "r5"}
"""Of services that AWS runs, without an instance store."""

ARM: Mapping[str, str] = {
    "t2": "t4g", "t3": "t4g", "t3a": "t4g",
    "m3": "m6gd", "m4": "m6g", "m5": "m6g", "m5d": "m6gd", "m6i": "m7g",
    "c3": "c6gd", "c4": "c6g", "c5": "c6g", "c5d": "c6gd", "c6i": "c7g",
    "r3": "r6gd", "r4": "r6g", "r5": "r6g", "r5d": "r6gd", "r6i": "r7g",
}  # fmt: skip
"""The Graviton family with as much; m7g and its like where m6g has less bandwidth than the x86 one (m6i)."""

ARM_MANAGED: Mapping[str, str] = {
    "t2": "t4g", "t3": "t4g", "m3": "m6g", "m4": "m6g", "m5": "m6g",
    "c4": "c6g", "c5": "c6g", "r3": "r6g", "r4": "r6g", "r5": "r6g",
}  # fmt: skip
"""Of services that AWS runs. For m6i and r6i no source that we hold says which versions run on m7g and r7g."""

AMD: Mapping[str, str] = {
    "t3": "t3a", "m5": "m6a", "m6i": "m6a", "c5": "c6a", "c6i": "c6a", "r5": "r6a", "r6i": "r6a",
}  # fmt: skip

OTHER_SIZE: Mapping[str, str] = {"c4.8xlarge": "9xlarge"}
"""Where the sizes of the newer family are other ones: c5 has no 8xlarge, and c4's has 36 vCPUs as c5's 9xlarge."""


def successor(old: str, families: Mapping[str, str], sizes: Mapping[str, Size] = EC2) -> str | None:
    """The type of the family that follows, in the same size; None where there is none, or where it has less."""
    family, _, size = old.partition(".")
    if family not in families:
        return None
    new = f"{families[family]}.{size}"
    if new not in sizes:
        new = f"{families[family]}.{OTHER_SIZE.get(old, size)}"
    if old not in sizes or new not in sizes or not sizes[new].holds(sizes[old]):
        return None
    return new
