"""The description of the REST half by OpenAPI 3.1, made from the table that is served and from its types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from glimpse.chat.documents import ErrorDocument
from glimpse.chat.endpoints import ENDPOINTS, Endpoint, Parameter

_PLACES = {"id": "an id", "seq": "the number of an entry"}


def described(version: str, statuses: Mapping[str, int]) -> dict[str, Any]:
    """The whole document. `statuses` gives the status of each code that a request may be refused with."""
    types = [
        ErrorDocument,
        *(kind for each in ENDPOINTS for kind in (*each.answers.values(), each.asks) if kind is not None),
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, by_type)
    codes = sorted(f"{code} ({status})" for code, status in statuses.items())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Glimpse",
            "version": version,
            "description": "Messages, receipts, typing and presence go over Socket.IO. An error's code and its status: "
            + ", ".join(codes),
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"token": []}],
    }


def _operation(endpoint: Endpoint, schemas: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "description": _PLACES[name], "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", endpoint.path)
        ]
        + [_parameter(parameter) for parameter in endpoint.query],
        "responses": {
            **{
                str(status): {"description": "Done", "content": _json(schemas[kind])}
                for status, kind in endpoint.answers.items()
            },
            "default": {"description": "Refused", "content": _json(schemas[ErrorDocument])},
        },
    }
    if endpoint.asks is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas[endpoint.asks])}
    if endpoint.is_open:
        operation["security"] = []
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
    }


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
