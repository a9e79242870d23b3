"""
The role that serving tasks log in as. It reads and writes rows and nothing else; the owner of the database, who makes
it, logs in only to migrate. So the owner's password can be rotated without touching a task that serves.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode
from typing import Any

from glimpse.chat.outside.postgres.migrate import migration_lock

APP_ROLE = "glimpse_app"

SALT_BYTES = 16
ITERATIONS = 4096
"""Those of PostgreSQL itself: SCRAM_DEFAULT_SALT_LEN, and the default of `scram_iterations`."""

_ROWS = "select, insert, update, delete"


def scram_verifier(password: str, salt: bytes) -> str:
    """
    What PostgreSQL stores for a password of printable ASCII: the keys of RFC 5802, written nearly as in RFC 5803.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    encoded = (b64encode(each).decode() for each in (salt, stored_key, server_key))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *encoded)


async def update_app_role(connection: Any, password: str) -> None:
    """
    Create the role if there is none, and give it this password and its rights on the tables that are there and on those
    that later migrations make. Connections that are open stay open. Raises asyncpg.InsufficientPrivilegeError.

    Concurrent calls wait for each other.
    """
    # The server may log the statement, as RDS does with log_statement = ddl: so it has the verifier, not the password.
    verifier = scram_verifier(password, os.urandom(SALT_BYTES))
    async with migration_lock(connection), connection.transaction():
        if not await connection.fetchval("select exists (select from pg_roles where rolname = $1)", APP_ROLE):
            await connection.execute(f"create role {APP_ROLE}")
        await connection.execute(f"alter role {APP_ROLE} login password '{verifier}'")
        database, schema = await connection.fetchrow(
            "select quote_ident(current_database()), quote_ident(current_schema())"
        )
        # Extensions may own relations in the same schema, and rights on those are not ours to grant.
        tables = await connection.fetchval(
            """
            select string_agg(quote_ident(relname), ', ') from pg_class
            where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
                and pg_has_role(relowner, 'usage')
            """
        )
        # Everybody may execute functions, unless somebody takes that away.
        await connection.execute(
            f"""
            grant connect on database {database} to {APP_ROLE};
            grant usage on schema {schema} to {APP_ROLE};
            grant {_ROWS} on {tables} to {APP_ROLE};
            revoke insert, update, delete on migrations from {APP_ROLE};
            alter default privileges in schema {schema} grant {_ROWS} on tables to {APP_ROLE};
            alter default privileges in schema {schema} grant usage on sequences to {APP_ROLE};
            revoke temporary on database {database} from public;
            revoke create on schema {schema} from public;
            """
        )
