"""
What instances are launched with: their type, disks, addresses and options, stated by themselves, by a launch template
or by a launch configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.instance import DEDICATED, HOST, SHARED, Instances
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Unpriced
from glimpse.planner.terraform.data_sources import is_of_default_vpc, system_of

TENANCIES = {"default": SHARED, "dedicated": DEDICATED, "host": HOST}

ROOT_DEVICES = ("xvda", "sda1", "sda")
"""How images name their root device, without `/dev/` (EC2 user guide, device names)."""

ROOT = ""
"""The root device among the disks of an instance."""

ASSUMED_ROOT_GIB = 8
"""The root disk of Amazon Linux images, which is taken where only the image knows the size."""

LEFT_OUT = ""
"""The kind of a disk that says none: its template may say it."""

UNNAMED = "?"
"""How disks begin whose device nobody knows: each may be the root one, or take the place of a template's."""

SPOT, CAPACITY_BLOCK = "spot", "capacity-block"
TEMPLATE, CONFIGURATION = "aws_launch_template", "aws_launch_configuration"
PUBLIC = "map_public_ip_on_launch"
SUBNETS = ("aws_subnet", "aws_default_subnet")

OWN_TEMPLATE = ("launch_template.id", "launch_template.name", "launch_template.version", "launch_configuration")
"""Where an instance or a group names what it is launched with."""


BY_SUBNET = -1
"""Of public addresses: nothing says whether there are any, so the subnet decides."""


@dataclass(frozen=True)
class Launch:
    """
    How instances are launched. A type, a tenancy or detailed monitoring of None is not stated. `public`: how many
    public addresses each is given, BY_SUBNET where nothing says it, None where that is unknown. `retired`: what they
    would hold that AWS no longer offers. `encrypts_memory`: AMD SEV-SNP is on. `by_capacity_block`: they run in
    capacity that was bought before. `templates`: where it is stated, beside the block itself. `is_partial`: it names a
    template that is not among the files, so that what is not stated is unknown. `hides_disks`: which of its template's
    disks it has is unknown, because nobody knows the device of one of its own.
    """

    instance_type: str | None = None
    by_requirements: bool = False
    disks: tuple[tuple[str, Disk], ...] = ()
    public: int | None = BY_SUBNET
    spot: bool = False
    tenancy: str | None = None
    monitored: bool | None = None
    credits: str | None = None
    ebs_optimized: bool = False
    own_interface: bool = False
    retired: tuple[str, ...] = ()
    encrypts_memory: bool = False
    by_capacity_block: bool = False
    templates: tuple[Block, ...] = ()
    is_partial: bool = False
    hides_disks: bool = False

    def with_root(self, gib: int = ASSUMED_ROOT_GIB) -> tuple[Disk, ...]:
        """
        All disks, the root disk first, with a usual size if no size is stated.

        If a disk without a known device may replace one of the template's, or hide the root disk, an unpriced disk
        stands for those that nobody knows.
        """
        found = dict(self.disks)
        root = found.pop(ROOT, None)
        may_hold_more = self.hides_disks or (root is None and self.has_unnamed)
        more = (Disk("gp2", None, needs=say("needs_device_name")),) if may_hold_more else ()
        if root is None and (self.is_partial or may_hold_more):
            return (*map(_of_usual_kind, found.values()), *more)
        root = root or Disk(LEFT_OUT, None, is_assumed=True)
        if root.gib is None and root.is_assumed:
            root = replace(root, gib=gib)
        if not root.kind:  # the image decides it (Terraform's documentation of root_block_device)
            root = replace(root, kind_assumed=True)
        return (*map(_of_usual_kind, (root, *found.values())), *more)

    @property
    def has_unnamed(self) -> bool:
        """Whether nobody knows which device one of the disks is."""
        return any(name.startswith(UNNAMED) for name, _ in self.disks)


def launched(block: Block, launch: Launch, root_gib: int = ASSUMED_ROOT_GIB) -> Instances:
    """One instance as it is launched; whoever keeps several of them says how many, and how they are bought."""
    by_requirements = launch.by_requirements and not launch.instance_type
    bought = launch.by_capacity_block
    needs = say("bought_as_block") if bought else say("needs_instance_requirements") if by_requirements else None
    if launch.is_partial and not launch.instance_type:
        needs = say("needs_launch_template")
    return Instances(
        origin=block.origin,
        instance_type=None if bought else launch.instance_type,
        count=1,
        disks=launch.with_root(root_gib),
        tenancy=launch.tenancy or SHARED,
        system=_system(block, launch),
        monitored=bool(launch.monitored),
        credits=launch.credits,
        ebs_optimized=launch.ebs_optimized,
        needs=needs,
    )


def _system(block: Block, launch: Launch) -> str | None:
    """The system other than Linux that its image is looked for by."""
    unknowns = [
        unknown
        for source in (block, *launch.templates)
        for argument in ("ami", "image_id")
        for unknown in source.unknowns(argument)
    ]
    return next((system for unknown in unknowns if (system := system_of(unknown))), None)


def tenancy_of(word: str | None) -> str | None:
    """A tenancy in Terraform's word as on the pricing page; None where it is not stated."""
    return TENANCIES.get(word, DEDICATED) if word else None


def own_launch(values: Values, volumes: Collection[str] = ()) -> Launch:
    """
    What an instance, a launch configuration, or the specification of a fleet states about a launch.

    `volumes` are the ids of volumes with resources of their own: a state lists them among the disks of the instance,
    too.
    """
    network = values.blocks("network_interface") or values.blocks("primary_network_interface")
    monitoring = "enable_monitoring" if values.has("enable_monitoring") else "monitoring"
    return Launch(
        instance_type=values.text("instance_type"),
        disks=tuple(_own_disks(values, volumes)),
        public=_public(values),
        spot=_market(values) == SPOT or is_set(values, "spot_price"),
        tenancy=tenancy_of(values.text("tenancy") or values.text("placement_tenancy")),
        monitored=values.boolean(monitoring),
        credits=values.block("credit_specification").text("cpu_credits"),
        ebs_optimized=bool(values.boolean("ebs_optimized")),
        own_interface=bool(network),
        encrypts_memory=_encrypts_memory(values),
        by_capacity_block=_market(values) == CAPACITY_BLOCK,
    )


def template_launch(block: Block) -> Launch:
    """What a launch template or a launch configuration states."""
    values = block.values
    if block.type == CONFIGURATION:
        values.text("spot_price")  # without one, which a variable may mean, it is not Spot
        launch = own_launch(values)
        # A launch configuration turns detailed monitoring on unless it says otherwise (its API's default).
        return launch if values.has("enable_monitoring") else replace(launch, monitored=True)
    interfaces = values.blocks("network_interfaces")
    said = next((row for row in interfaces if is_set(row, "associate_public_ip_address")), None)
    retired = (
        ("elastic_inference_accelerator", "Amazon Elastic Inference"),
        ("elastic_gpu_specifications", "Amazon Elastic Graphics"),
    )
    return Launch(
        instance_type=values.text("instance_type"),
        by_requirements=values.has("instance_requirements"),
        disks=tuple(_mapped_disks(values)),
        public=BY_SUBNET if said is None else _public(said),
        spot=_market(values) == SPOT,
        tenancy=tenancy_of(values.block("placement").text("tenancy")),
        monitored=values.block("monitoring").boolean("enabled"),
        credits=values.block("credit_specification").text("cpu_credits"),
        ebs_optimized=bool(values.boolean("ebs_optimized")),
        own_interface=any(is_set(row, "network_interface_id") for row in interfaces),
        retired=tuple(name for argument, name in retired if values.has(argument)),
        encrypts_memory=_encrypts_memory(values),
        by_capacity_block=_market(values) == CAPACITY_BLOCK,
        templates=(block,),
    )


def launch_of(block: Block, tree: Tree, named_by: Sequence[str] = OWN_TEMPLATE) -> Launch:
    """How a block's instances are launched: what it states itself wins over its template."""
    own = own_launch(block.values, _volume_ids(tree))
    named = template_named(block, tree, named_by)
    if not named.is_partial:
        return merged(own, named)
    # A state shows all that the template stated; without one, that may be anything, also that it is bought as Spot.
    return own if block.values.known.text("id") else replace(own, instance_type=None, is_partial=True)


def template_named(block: Block, tree: Tree, named_by: Sequence[str] = OWN_TEMPLATE) -> Launch:
    """What the template states that a block names; nothing where it names none."""
    if template := template_of(block, tree, named_by):
        return template_launch(template)
    return Launch(is_partial=any(_states(block.values, name) for name in named_by if not name.endswith(".version")))


@lru_cache(maxsize=4)
def _volume_ids(tree: Tree) -> frozenset[str]:
    """The ids of volumes that stand as resources, where they are known: in a state."""
    found = (row.values.known.text("id") for row in tree.of("aws_ebs_volume"))
    return frozenset(id_ for id_ in found if id_)


def merged(own: Launch, template: Launch) -> Launch:
    """What an instance states itself, completed by its template."""
    kept = _certainly_kept(own, template)
    own_disks = {name: _over(disk, dict(template.disks).get(name)) for name, disk in own.disks}
    for name, disk in own_disks.items():
        may_be_another = bool(template.disks) if name.startswith(UNNAMED) else template.has_unnamed
        if may_be_another and (disk.kind == LEFT_OUT or disk.is_assumed):
            # What it leaves out may be that of a disk whose device nobody knows.
            own_disks[name] = replace(disk, gib=None, is_assumed=False, needs=say("needs_device_name"))
    return Launch(
        instance_type=own.instance_type or template.instance_type,
        by_requirements=template.by_requirements,
        disks=tuple({**dict(kept), **own_disks}.items()),
        public=template.public if own.public == BY_SUBNET else own.public,
        spot=own.spot or template.spot,
        tenancy=own.tenancy or template.tenancy,
        monitored=template.monitored if own.monitored is None else own.monitored,
        credits=own.credits or template.credits,
        ebs_optimized=own.ebs_optimized or template.ebs_optimized,
        own_interface=own.own_interface or template.own_interface,
        retired=template.retired,
        encrypts_memory=own.encrypts_memory or template.encrypts_memory,
        by_capacity_block=own.by_capacity_block or template.by_capacity_block,
        templates=template.templates,
        is_partial=template.is_partial,
        hides_disks=kept != template.disks,
    )


def _over(own: Disk, template: Disk | None) -> Disk:
    """A disk at a device that the template has, too: what it leaves out is the template's (EC2's API reference)."""
    if template is None:
        return own
    return replace(
        own,
        kind=own.kind or template.kind,
        gib=template.gib if own.is_assumed else own.gib,
        iops=template.iops if own.iops is None else own.iops,
        mibps=template.mibps if own.mibps is None else own.mibps,
        is_assumed=own.is_assumed and template.is_assumed,
    )


def _certainly_kept(own: Launch, template: Launch) -> tuple[tuple[str, Disk], ...]:
    """The template's disks without those that one of the instance's own disks may replace."""
    if own.has_unnamed:
        return ()
    if own.disks:
        return tuple((name, disk) for name, disk in template.disks if not name.startswith(UNNAMED))
    return template.disks


def template_of(block: Block, tree: Tree, named_by: Sequence[str] = OWN_TEMPLATE) -> Block | None:
    """
    The launch template or configuration that a block names by whatever attribute: its id, its name, a version of it,
    or its name as a text. None where it names none, or one that is not in the files.
    """
    for argument in named_by:
        if argument.endswith(".version"):
            found = next(iter(tree.certain_references(block, argument, TEMPLATE)), None)
        else:
            found = named(block, tree, argument, CONFIGURATION if argument == "launch_configuration" else TEMPLATE)
        if found:
            return found
    return None


def named(block: Block, tree: Tree, path: str, type_: str) -> Block | None:
    """The block of a type that an argument refers to, or whose id or name it holds as a text."""
    found = tree.references(block, path, type_)
    if found:
        return found[0]
    *outer, last = path.split(".")
    values = block.values
    for name in outer:
        values = values.block(name)
    text = values.known.text(last)
    return _by_name(tree, type_).get(text) if text else None


@lru_cache(maxsize=8)
def _by_name(tree: Tree, type_: str) -> Mapping[str, Block]:
    """The blocks of a type by their names and ids, as far as those are known."""
    found: dict[str, Block] = {}
    for row in tree.of(type_):
        for name in ("name", "id"):
            if text := row.values.known.text(name):
                found.setdefault(text, row)
    return found


def unpriced_parts(block: Block, launch: Launch) -> Iterator[StackItem]:
    """What instances are launched with that is charged and not priced here, or that AWS no longer offers."""
    for what in launch.retired:
        yield Unpriced(block.origin, what, say("accelerator_retired", what=what))
    if launch.is_partial:
        yield Unpriced(block.origin, "Launch template", say("needs_launch_template"))
    if launch.encrypts_memory:
        yield Unpriced(block.origin, "AMD SEV-SNP", say("part_unknown"))


def _market(values: Values) -> str | None:
    """How instances are bought, where that is not on demand: as Spot, where the option does not say otherwise."""
    options = values.blocks("instance_market_options")
    return (options[0].text("market_type") or SPOT) if options else None


def _encrypts_memory(values: Values) -> bool:
    return values.block("cpu_options").text("amd_sev_snp") == "enabled"


def _of_usual_kind(disk: Disk) -> Disk:
    """AWS makes a disk gp2 where nothing says otherwise."""
    return disk if disk.kind else replace(disk, kind="gp2")


def disk_of(row: Values) -> Disk:
    """An EBS disk of an instance, as far as it is said."""
    size, is_left_out = row.known.integer("volume_size"), not row.has("volume_size")
    kind = row.text("volume_type") or LEFT_OUT
    return Disk(kind, size, row.integer("iops"), row.integer("throughput"), is_assumed=is_left_out)


def addresses_of(block: Block, tree: Tree, launch: Launch, *subnets: str) -> tuple[int | None, tuple[Sentence, ...]]:
    """
    How many public IPv4 each instance holds for itself, None where a subnet decides it that was not found, and what
    that assumes. `subnets` are the arguments that may name them; where none does, they are those of a default VPC.
    """
    if launch.public != BY_SUBNET:
        return launch.public, ()
    if launch.is_partial:  # named as a whole
        return 0, ()
    if launch.own_interface:  # an interface that exists keeps the addresses that it has
        return 0, ()
    places = [(block, name) for name in subnets]
    places += [(template, "network_interfaces.subnet_id") for template in launch.templates]
    stated = [(source, name) for source, name in places if _states(source.values, name)]
    if not stated:
        return 1, (say("default_subnet_assumed"),)
    unknowns = [unknown for source, name in stated for unknown in source.unknowns(name)]
    if unknowns and all(map(is_of_default_vpc, unknowns)):
        return 1, (say("default_vpc_subnet"),)
    public = [_gives_public(row) for source, name in stated for row in tree.certain_references(source, name, *SUBNETS)]
    if not public or None in public:
        for unknown in unknowns:
            block.values.note(unknown)
        return None, ()
    return int(any(public)), ()


def zone_of(block: Block, tree: Tree, subnets: str) -> str | None:
    """The id of the zone in which a subnet stands, where the files state it: Spot is priced by it."""
    zones = {row.values.known.text("availability_zone_id") for row in tree.certain_references(block, subnets, *SUBNETS)}
    return zones.pop() if len(zones) == 1 else None


def is_set(values: Values, argument: str) -> bool:
    """Whether an argument is set, to whatever: a state holds an empty text for one that was left out."""
    known = values.known
    if values.is_unknown(argument) or known.boolean(argument) is not None:
        return True
    return known.text(argument) is not None or bool(known.items(argument))


def _states(values: Values, argument: str) -> bool:
    """Whether an argument is set anywhere, to whatever."""
    outer, _, rest = argument.partition(".")
    if not rest:
        return is_set(values, outer)
    return values.is_unknown(outer) or any(_states(row, rest) for row in values.known.blocks(outer))


def _gives_public(subnet: Block) -> bool | None:
    values = subnet.values.known
    if not values.has(PUBLIC):
        return subnet.type == "aws_default_subnet"
    return values.boolean(PUBLIC)


def _public(values: Values) -> int | None:
    if not is_set(values, "associate_public_ip_address"):
        return BY_SUBNET
    public = values.known.boolean("associate_public_ip_address")
    return None if public is None else int(public)


def _own_disks(values: Values, volumes: Collection[str]) -> Iterator[tuple[str, Disk]]:
    if values.has("root_block_device"):
        yield ROOT, disk_of(values.block("root_block_device"))
    rows = _mapped(values.blocks("ebs_block_device"))
    yield from _by_device((row, row) for row in rows if row.known.text("volume_id") not in volumes)


def _mapped_disks(values: Values) -> Iterator[tuple[str, Disk]]:
    rows = _mapped(values.blocks("block_device_mappings"))
    yield from _by_device((row, row.block("ebs")) for row in rows if row.blocks("ebs"))


def _mapped(rows: Sequence[Values]) -> Iterator[Values]:
    """Those that map a device to a disk, and do not keep one from being mapped."""
    for row in rows:
        if row.boolean("no_device") is not True and row.text("no_device") in (None, "", "false"):
            yield row


def _by_device(rows: Iterator[tuple[Values, Values]]) -> Iterator[tuple[str, Disk]]:
    for number, (row, disk) in enumerate(rows):
        nameless = f"{UNNAMED if row.is_unknown('device_name') else ''}{number}"
        name = (row.known.text("device_name") or nameless).removeprefix("/dev/")
        yield (ROOT if name in ROOT_DEVICES else name), disk_of(disk)
