"""Whether AWS Certificate Manager has issued the certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.calls import DeployCalls

PENDING, ISSUED = "PENDING_VALIDATION", "ISSUED"


class AcmCertificates:
    """Implements releases.ports.Certificates. Each is asked for in its region: CloudFront's are in us-east-1."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._calls: dict[str, DeployCalls] = {}

    def pending(self, arns: Sequence[str]) -> Sequence[str]:
        """Raises Failure for a certificate that ACM will never issue."""
        domains = []
        for arn in arns:
            found = self._describe(arn)
            if found["Status"] == PENDING:
                domains.append(found["DomainName"])
            elif found["Status"] != ISSUED:
                reason = found.get("FailureReason", found["Status"])
                raise Failure("deploy_certificate_failed", domain=found["DomainName"], reason=reason, arn=arn)
        return domains

    def _describe(self, arn: str) -> Mapping[str, Any]:
        region = arn.split(":")[3]
        if region not in self._calls:
            self._calls[region] = DeployCalls(self._session, region)
        found: Mapping[str, Any] = self._calls[region].call("acm", "describe_certificate", CertificateArn=arn)[
            "Certificate"
        ]
        return found
