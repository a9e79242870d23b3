"""The OpenAPI 3.1 document of the REST half, made from the table of endpoints and the types of their documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from glimpse.chat.documents import ErrorDocument
from glimpse.chat.endpoints import ENDPOINTS, Endpoint, Parameter
from glimpse.chat.refusals import REFUSALS

_PATH_PARAMETERS = {"id": "an id", "seq": "the number of an entry"}


def openapi_document(version: str) -> dict[str, Any]:
    """The document that `/openapi.json` serves; `version` is that of the API."""
    types = [
        ErrorDocument,
        *(kind for each in ENDPOINTS for kind in (*each.responses.values(), each.body) if kind is not None),
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(types, schemas, strict=True))
    _use_javascript_patterns(components)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, by_type)
    codes = sorted(f"{each.code} ({each.status})" for each in REFUSALS.values())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Glimpse",
            "version": version,
            "description": "Messages, receipts, typing and presence use Socket.IO. Error codes and their statuses: "
            + ", ".join(codes),
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"token": []}],
    }


def _use_javascript_patterns(schema: Any) -> None:
    r"""Write the ends of a text as JSON Schema's dialect of patterns does, in place: `^` for \A, and `$` for \Z."""
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _use_javascript_patterns(value)
    if isinstance(schema, dict) and isinstance(schema.get("pattern"), str):
        schema["pattern"] = schema["pattern"].replace(r"\A", "^").replace(r"\Z", "$")


def _operation(endpoint: Endpoint, schemas: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": _PATH_PARAMETERS[name],
                "schema": {"type": "string"},
            }
            for name in re.findall(r"{(\w+)}", endpoint.path)
        ]
        + [_parameter(parameter) for parameter in endpoint.query],
        "responses": {
            **{
                str(status): {"description": "Success", "content": _json(schemas[kind])}
                for status, kind in endpoint.responses.items()
            },
            "default": {"description": "Refused", "content": _json(schemas[ErrorDocument])},
        },
    }
    if endpoint.body is not None:
        operation["requestBody"] = {"required": not endpoint.is_body_optional, "content": _json(schemas[endpoint.body])}
    if endpoint.is_public:
        operation["security"] = []
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
