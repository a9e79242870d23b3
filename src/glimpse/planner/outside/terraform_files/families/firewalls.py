"""AWS WAF, its classic version, and AWS Network Firewall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.network_firewall import NetworkFirewall
from glimpse.planner.resources.web_acl import BOT_CONTROL, Rules, RulesOfAcl, WebAcl

GROUP, MANAGED = "rule_group_reference_statement", "managed_rule_group_statement"
OWN_GROUP = "aws_wafv2_rule_group"

BODY_WITHIN_PRICE = "KB_16"
"""What AWS WAF inspects of a body by default (AWS WAF pricing page, "Body inspection")."""

LEVELS = {"COMMON": ("common",), "TARGETED": ("targeted",)}


def web_acl(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    statements = [(rule, statement) for rule in values.blocks("rule") for statement in rule.blocks("statement")]
    own = [row for _, statement in statements for row in statement.blocks(GROUP)]
    managed = [row for _, statement in statements for row in statement.blocks(MANAGED)]
    plain = sum(1 for _, statement in statements if not statement.has(GROUP) and not statement.has(MANAGED))
    groups = tree.certain_references(block, f"rule.statement.{GROUP}.arn", OWN_GROUP)
    limits = values.block("association_config").block("request_body")
    yield WebAcl(
        block.origin,
        _rules(
            # Rules in JSON are not counted: what is longer than a name is not read.
            None if values.has("rule_json") else plain,
            own,
            managed,
            groups,
            [action for rule, _ in statements for action in rule.blocks("action")],
        ),
        large_bodies=any(
            (row.text("default_size_inspection_limit") or BODY_WITHIN_PRICE) > BODY_WITHIN_PRICE
            for name in BODIES
            for row in limits.blocks(name)
        ),
    )


BODIES = ("cloudfront", "api_gateway", "app_runner_service", "cognito_user_pool", "verified_access_instance")


def _rules(
    plain: int | None,
    own: Sequence[Values],
    managed: Sequence[Values],
    groups: Sequence[Block],
    actions: Sequence[Values],
) -> Rules:
    names = tuple(row.text("name") or "" for row in managed)
    bots = [row for row in managed if row.text("name") == BOT_CONTROL]
    return Rules(
        plain=plain,
        groups=len(own),
        in_groups=sum(len(group.values.blocks("rule")) for group in groups),
        groups_elsewhere=len(groups) < len(own),
        managed=names,
        bots=tuple(sorted({level for row in bots for level in _levels(row)})),
        captcha=any(action.has("captcha") for action in actions),
        challenge=any(action.has("challenge") for action in actions),
    )


def _levels(managed: Values) -> tuple[str, ...]:
    """The inspection levels of Bot Control, which is common where nothing is said."""
    configs = managed.blocks("managed_rule_group_configs")
    sets = [row for config in configs for row in config.blocks("aws_managed_rules_bot_control_rule_set")]
    return LEVELS.get(next((row.text("inspection_level") or "" for row in sets), ""), ("common",))


def acl_rule(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A rule that is added to a web ACL by itself."""
    values = block.values
    statements = values.blocks("statement")
    own = [row for statement in statements for row in statement.blocks(GROUP)]
    managed = [row for statement in statements for row in statement.blocks(MANAGED)]
    groups = tree.certain_references(block, f"statement.{GROUP}.arn", OWN_GROUP)
    plain = 0 if own or managed else 1
    yield RulesOfAcl(block.origin, _rules(plain, own, managed, groups, values.blocks("action")))


def acl_rule_group(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A rule group that is added to a web ACL by itself: one's own, or a managed one."""
    own, managed = block.values.blocks("rule_group_reference"), block.values.blocks("managed_rule_group")
    groups = tree.certain_references(block, "rule_group_reference.arn", OWN_GROUP)
    yield RulesOfAcl(block.origin, _rules(0, own, managed, groups, ()))


def classic_acl(block: Block, tree: Tree) -> Iterator[StackItem]:
    rules = (*block.values.blocks("rules"), *block.values.blocks("rule"))
    groups = sum(1 for rule in rules if rule.text("type") == "GROUP")
    found = Rules(plain=len(rules) - groups, groups=groups, groups_elsewhere=bool(groups))
    yield WebAcl(block.origin, found, classic=True)


def network_firewall(block: Block, tree: Tree) -> Iterator[StackItem]:
    """One endpoint in each subnet, or in each zone where it stands at a transit gateway."""
    names = ("subnet_mapping", "availability_zone_mapping")
    unknown = any(block.values.is_unknown(name) for name in names)
    count = sum(len(block.values.known.blocks(name)) for name in names)
    yield NetworkFirewall(block.origin, None if unknown else count or None)


READERS = {
    "aws_wafv2_web_acl": web_acl,
    "aws_wafv2_web_acl_rule": acl_rule,
    "aws_wafv2_web_acl_rule_group_association": acl_rule_group,
    "aws_waf_web_acl": classic_acl,
    "aws_wafregional_web_acl": classic_acl,
    "aws_networkfirewall_firewall": network_firewall,
}
