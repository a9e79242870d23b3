"""Keys, secrets, parameters and certificates, and the directories and modules that hold them."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone, unknown_part
from glimpse.planner.outside.terraform_files.families.used_by import is_used_by
from glimpse.planner.resources.certificate import (
    GENERAL,
    SHORT_LIVED,
    ExportableCertificate,
    PrivateAuthority,
    PrivateCertificate,
)
from glimpse.planner.resources.directory import CONTROLLERS, MICROSOFT, ManagedDirectory
from glimpse.planner.resources.hsm import Hsm
from glimpse.planner.resources.key import SYMMETRIC, KmsKey
from glimpse.planner.resources.parameter import Activation, AdvancedParameter, StandardParameter
from glimpse.planner.resources.secret import Secret

AUTHORITY = "aws_acmpca_certificate_authority"

WHAT_PARAMETERS_LACK = ("policy", "rotation_rules", "rotation_lambda_arn", "type")
"""Arguments by which a secret is shared or rotated; the provider's older versions rotate it by its own."""

SECRET_ONLY = (
    ("aws_secretsmanager_secret_rotation", "secret_id"),
    ("aws_secretsmanager_secret_policy", "secret_arn"),
    ("aws_db_proxy", "auth.secret_arn"),
    ("aws_msk_scram_secret_association", "secret_arn_list"),
    ("aws_msk_single_scram_secret_association", "secret_arn"),
    ("aws_dms_endpoint", "secrets_manager_arn"),
    ("aws_ecr_pull_through_cache_rule", "credential_arn"),
    ("aws_glue_connection", "authentication_configuration.secret_arn"),
    ("aws_kinesis_firehose_delivery_stream", "http_endpoint_configuration.secrets_manager_configuration.secret_arn"),
    ("aws_kinesis_firehose_delivery_stream", "redshift_configuration.secrets_manager_configuration.secret_arn"),
    ("aws_kinesis_firehose_delivery_stream", "snowflake_configuration.secrets_manager_configuration.secret_arn"),
    ("aws_kinesis_firehose_delivery_stream", "splunk_configuration.secrets_manager_configuration.secret_arn"),
    ("aws_quicksight_data_source", "credentials.secret_arn"),
    ("aws_redshiftdata_statement", "secret_arn"),
    ("aws_sagemaker_code_repository", "git_config.secret_arn"),
)
"""What rotates or shares a secret, or takes its password from Secrets Manager alone."""

DIRECTORIES = {"MicrosoftAD": MICROSOFT, "SimpleAD": "Simple AD", "ADConnector": "AD Connector"}


def key(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    # Rotation adds to the price in the coming years only: a key of which nobody knows it costs the same this month.
    yield KmsKey(block.origin, _spec(values), rotated=bool(values.known.boolean("enable_key_rotation")))


def _spec(values: Values) -> str:
    return values.text("customer_master_key_spec") or values.text("key_spec") or SYMMETRIC


def replica_key(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A replica key has the spec of its primary, which may be in another region."""
    primary = next(iter(tree.references(block, "primary_key_arn", "aws_kms_key", "aws_kms_external_key")), None)
    yield KmsKey(block.origin, _spec(primary.values) if primary else SYMMETRIC)


def secret(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A secret, and each copy of it in another region."""
    regions = [row.known.text("region") for row in block.values.blocks("replica")]
    must_stay = (
        bool(regions) or any(map(block.values.has, WHAT_PARAMETERS_LACK)) or is_used_by(block, tree, SECRET_ONLY)
    )
    yield Secret(block.origin, tuple(region for region in regions if region), must_stay)
    yield from unknown_part(block, "Secret replica", "replica.region")


def parameter(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A parameter. With intelligent tiering the length of its value decides the tier, and long values are not read."""
    values = block.values
    tier = values.text("tier")
    value = next((name for name in ("value", "insecure_value") if values.has(name)), None)
    if tier == "Advanced":
        yield AdvancedParameter(block.origin)
    elif tier == "Intelligent-Tiering" and (value is None or values.is_unknown(value)):
        yield AdvancedParameter(block.origin, certain=False)
    else:
        yield block.origin
        yield StandardParameter(block.origin)


def certificate(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Public certificates are free; those that can be exported, or that a private authority signs, are not."""
    values = block.values
    if values.has("certificate_authority_arn"):
        yield PrivateCertificate(block.origin, _mode(block, tree))
    elif values.block("options").text("export") == "ENABLED":
        names = {values.text("domain_name") or "", *map(str, values.known_items("subject_alternative_names"))}
        wildcards = sum(1 for name in names if name.startswith("*."))
        yield ExportableCertificate(block.origin, len(names) - wildcards, wildcards)
    else:
        yield block.origin


def _mode(block: Block, tree: Tree) -> str:
    """The mode of the authority that signs a certificate: short-lived where the stack says so."""
    signer = next(iter(tree.references(block, "certificate_authority_arn", AUTHORITY)), None)
    short = signer is not None and signer.values.text("usage_mode") == "SHORT_LIVED_CERTIFICATE"
    return SHORT_LIVED if short else GENERAL


def authority(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    ocsp = values.block("revocation_configuration").block("ocsp_configuration").boolean("enabled")
    mode = SHORT_LIVED if values.text("usage_mode") == "SHORT_LIVED_CERTIFICATE" else GENERAL
    yield PrivateAuthority(block.origin, mode, ocsp=bool(ocsp))


def private_certificate(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield PrivateCertificate(block.origin, _mode(block, tree))


def hsm(block: Block, tree: Tree) -> Iterator[StackItem]:
    cluster = next(iter(tree.references(block, "cluster_id", "aws_cloudhsm_v2_cluster")), None)
    yield Hsm(block.origin, cluster.values.text("hsm_type") if cluster else None)


def directory(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    kind = DIRECTORIES.get(values.text("type") or "SimpleAD", "unknown")
    size = values.text("edition") or "Enterprise" if kind == MICROSOFT else values.text("size") or "Large"
    controllers = values.integer("desired_number_of_domain_controllers") or CONTROLLERS
    yield ManagedDirectory(block.origin, kind, size, controllers)


READERS = {
    "aws_kms_key": key,
    "aws_kms_external_key": key,
    "aws_kms_replica_key": replica_key,
    "aws_kms_replica_external_key": replica_key,
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
    "aws_ssm_activation": alone(Activation),
    "aws_acm_certificate": certificate,
    AUTHORITY: authority,
    "aws_acmpca_certificate": private_certificate,
    "aws_cloudhsm_v2_hsm": hsm,
    "aws_directory_service_directory": directory,
}
EVERYWHERE = {"aws_acm_certificate"}
