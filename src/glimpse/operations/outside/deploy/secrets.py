"""The values in Parameter Store and Secrets Manager that tasks start with. No value is ever printed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from glimpse.operations.outside.deploy.calls import AwsFailure, DeployCalls
from glimpse.operations.releases.values import Secret

PARAMETER_STORE = "parameter_store"
MIN_RECOVERY_DAYS = 7
"""The least that Secrets Manager keeps a deleted secret for (API reference, DeleteSecret)."""

PARAMETER_MISSING, SECRET_MISSING = "ParameterNotFound", "ResourceNotFoundException"


class AwsSecrets:
    """
    Implements releases.ports.Secrets. A parameter that is not there is made. A secret of Secrets Manager is made by
    Terraform, and gets its first value. A value that is there is never replaced: two deploys at once would otherwise
    end with tasks that have different ones.
    """

    def __init__(self, calls: DeployCalls) -> None:
        self._calls = calls

    def has_value(self, secret: Secret) -> bool:
        """
        Neither call decrypts: GetParameter leaves the value as it is stored, and DescribeSecret tells versions only.
        """
        if secret.store == PARAMETER_STORE:
            return self._parameter(secret.name) is not None
        return self._has_secret_value(secret.name)

    def put(self, secret: Secret, value: str) -> None:
        """
        Where the other store has a value, that one is taken: the design has moved from one store to the other, and a
        new value would, for instance, end all sessions.
        """
        if secret.store == PARAMETER_STORE:
            self._put_parameter(secret.name, self._old_secret(secret.name) or value, "SecureString")
            return
        self._put_secret(
            _secret_id(secret.name), self._parameter(_parameter_name(secret.name), is_decrypted=True) or value
        )

    def read_plain(self, name: str) -> str | None:
        return self._parameter(name)

    def put_plain(self, name: str, value: str) -> None:
        self._calls.call("ssm", "put_parameter", Name=name, Value=value, Type="String", Overwrite=True)

    def _put_parameter(self, name: str, value: str, kind: str) -> None:
        try:
            self._calls.call(
                "ssm", "put_parameter", Name=name, Value=value, Type=kind, Tier="Standard", Overwrite=False
            )
        except AwsFailure as failure:
            # Another deploy was faster, and its value is as good.
            if failure.error_code != "ParameterAlreadyExists":
                raise

    def _put_secret(self, name: str, value: str) -> None:
        # The token names the version. Another deploy's first value has the same token, and AWS refuses a second one.
        token = sha256(name.encode()).hexdigest()
        try:
            self._calls.call(
                "secretsmanager", "put_secret_value", SecretId=name, SecretString=value, ClientRequestToken=token
            )
        except AwsFailure as failure:
            if failure.error_code != "ResourceExistsException":
                raise

    def _parameter(self, name: str, is_decrypted: bool = False) -> str | None:
        try:
            answer = self._calls.call("ssm", "get_parameter", Name=name, WithDecryption=is_decrypted)
        except AwsFailure as failure:
            if failure.error_code == PARAMETER_MISSING:
                return None
            raise
        return str(answer["Parameter"]["Value"])

    def _has_secret_value(self, name: str) -> bool:
        found = self._described(name)
        # A secret that is to be deleted has a value that nobody can read.
        return found is not None and "DeletedDate" not in found

    def _described(self, name: str) -> Mapping[str, Any] | None:
        """None where there is no such secret, or none with a value."""
        try:
            found = self._calls.call("secretsmanager", "describe_secret", SecretId=_secret_id(name))
        except AwsFailure as failure:
            if failure.error_code == SECRET_MISSING:
                return None
            raise
        stages = found.get("VersionIdsToStages", {}).values()
        return found if any("AWSCURRENT" in each for each in stages) else None

    def _old_secret(self, name: str) -> str | None:
        found, secret_id = self._described(name), _secret_id(name)
        if found is None:
            return None
        if "DeletedDate" not in found:
            return str(self._calls.call("secretsmanager", "get_secret_value", SecretId=secret_id)["SecretString"])
        # Terraform deletes the secret that a move leaves behind before the parameter is made; AWS keeps it for a week.
        self._calls.call("secretsmanager", "restore_secret", SecretId=secret_id)
        try:
            return str(self._calls.call("secretsmanager", "get_secret_value", SecretId=secret_id)["SecretString"])
        finally:
            self._calls.call(
                "secretsmanager", "delete_secret", SecretId=secret_id, RecoveryWindowInDays=MIN_RECOVERY_DAYS
            )


def _secret_id(name: str) -> str:
    """A secret is named like the parameter, without the first slash: `glimpse-prod/jwt-signing-keys`."""
    return name.removeprefix("/")


def _parameter_name(name: str) -> str:
    return "/" + name.removeprefix("/")
