-- Files that people announced. A row is there before its object is, and longer: whatever lies in the bucket can be found
-- from here, and nothing has to be listed.
create table files (
    id text collate "C" primary key check (length(id) between 1 and 255),
    owner_id text collate "C" not null references users,
    name text not null,
    content_type text collate "C" not null,
    size bigint not null check (size > 0),
    -- Of the content, in hexadecimal, where the client told it.
    sha256 text collate "C",
    -- When the address ends that it may be put to.
    upload_until timestamptz not null,
    -- Whether something may lie at the key for what was not checked yet.
    is_pending boolean not null default true,
    completed_at timestamptz,
    -- Since when nothing refers to it; null while something does, and before it is complete.
    unused_since timestamptz,
    check (completed_at is not null or unused_since is null)
);

-- What the sweep asks for.
create index files_pending on files (upload_until) where is_pending;
create index files_unused on files (unused_since) where unused_since is not null;

-- Who may see a file is who is where it was posted. Hardly any entry has one. Writers wait while this index is made, as
-- long as it takes to read all entries once.
create index entries_file on entries (file_id) where file_id is not null;

-- What of the quota is taken: the sizes of all files of a user, also of those that never arrived, until they are swept.
alter table users add column stored_bytes bigint not null default 0 check (stored_bytes >= 0);
