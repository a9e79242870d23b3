-- Everything the first release stands on.
--
-- Ids are opaque texts of at most 255 characters, compared byte by byte ("C"): another issuer's tokens may bring any,
-- and their order, in which rows are locked, is then the same in every database.

create table users (
    id text collate "C" primary key check (length(id) between 1 and 255),
    handle text check (length(handle) between 1 and 64),
    -- The handle without case, as the service folds it: a database's own lower() depends on its locale.
    handle_key text collate "C" unique,
    password_hash text,
    display_name text,
    profile_image_id text,
    check ((handle is null) = (handle_key is null) and (handle is null) = (password_hash is null))
);

create table blocks (
    blocker_id text collate "C" not null references users,
    blocked_id text collate "C" not null references users,
    primary key (blocker_id, blocked_id),
    check (blocker_id <> blocked_id)
);

create table conversations (
    id text collate "C" primary key check (length(id) between 1 and 255),
    last_seq bigint not null default 0 check (last_seq >= 0),
    -- When its newest entry was made, or itself: the order of the list of conversations.
    changed_at timestamptz not null,
    -- Who is in, in the order they came. The rows of `members` say the same from each member's side; this one is read
    -- under the lock of the row, so a message is judged by, and delivered to, who is in at its seq.
    member_ids text[] collate "C" not null,
    is_pair boolean not null,
    -- The two of a pair while both are in: unique, so that two people have one conversation.
    pair_low text collate "C",
    pair_high text collate "C",
    unique (pair_low, pair_high),
    check ((pair_low is null) = (pair_high is null)),
    check (pair_low is null or (is_pair and pair_low < pair_high))
) with (fillfactor = 70); -- each message updates its conversation's row: room beside it keeps that on one page

create table members (
    conversation_id text collate "C" not null references conversations,
    user_id text collate "C" not null references users,
    read_seq bigint not null default 0 check (read_seq >= 0),
    primary key (user_id, conversation_id)
) with (fillfactor = 70);

-- One durable change of a conversation. No references: rows are only added under the lock of their conversation's
-- row, and nothing they name is ever deleted; a check for each would cost every message.
create table entries (
    conversation_id text collate "C" not null,
    seq bigint not null check (seq >= 1),
    type text collate "C" not null,
    id text collate "C" not null,
    sender_id text collate "C" not null,
    created_at timestamptz not null,
    client_id text collate "C",
    body text,
    file_id text collate "C",
    of_seq bigint,
    member_ids text[] collate "C",
    primary key (conversation_id, seq),
    check (case type
        when 'message' then client_id is not null and of_seq is null and member_ids is null
        when 'deleted' then of_seq is not null and of_seq < seq
            and client_id is null and body is null and file_id is null and member_ids is null
        when 'members' then member_ids is not null
            and client_id is null and body is null and file_id is null and of_seq is null
        else false
    end),
    check (length(client_id) between 1 and 64)
);

-- The identity of a message, whichever task gets it.
create unique index entries_identity on entries (conversation_id, sender_id, client_id) where client_id is not null;
-- A message is deleted once.
create unique index entries_deletion on entries (conversation_id, of_seq) where of_seq is not null;

-- Store a batch of messages; one row for each, numbered as asked. `refused` says why nothing was stored, else the
-- entry is there and `fresh` says whether it is new; the text of a fresh one is the asked one, and not repeated.
create function append_batch(
    asked_conversations text[], asked_senders text[], asked_clients text[], asked_bodies text[], asked_files text[]
) returns table (
    place bigint, refused text, fresh boolean, seq bigint, id text, created_at timestamptz, body text, file_id text,
    member_ids text[]
) language plpgsql as $$
#variable_conflict use_column
begin
    -- In the order of their ids, so that two tasks never wait for each other.
    perform from conversations c where c.id = any(asked_conversations) order by c.id for no key update;

    -- A new statement sees what was committed while it waited for the locks; deduplicating in the statement that
    -- takes them would miss it, and leave a gap.
    return query
    with asked as (
        select a.place, a.conversation_id, a.sender_id, a.client_id, a.body, a.file_id
        from unnest(asked_conversations, asked_senders, asked_clients, asked_bodies, asked_files)
            with ordinality as a (conversation_id, sender_id, client_id, body, file_id, place)
    ),
    judged as materialized (
        select a.*, c.last_seq, c.member_ids,
            greatest(c.changed_at, (select clock_timestamp())) as now,
            e.seq as stored_seq, e.id as stored_id, e.created_at as stored_at, e.body as stored_body,
            e.file_id as stored_file,
            row_number() over (partition by a.conversation_id, a.sender_id, a.client_id order by a.place) as mention,
            case
                when e.seq is not null then 'repeat'
                when c.id is null or a.sender_id <> all(c.member_ids) then 'not_found'
                when c.pair_low is not null and exists (
                    select from blocks b
                    where b.blocked_id = a.sender_id
                        and b.blocker_id = case a.sender_id when c.pair_low then c.pair_high else c.pair_low end
                ) then 'blocked'
                else 'new'
            end as verdict
        from asked a
        left join conversations c on c.id = a.conversation_id
        left join entries e on e.conversation_id = a.conversation_id and e.sender_id = a.sender_id
            and e.client_id = a.client_id
    ),
    inserted as (
        insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body, file_id)
        select j.conversation_id, j.last_seq + row_number() over (partition by j.conversation_id order by j.place),
            'message', gen_random_uuid()::text, j.sender_id, j.now, j.client_id, j.body, j.file_id
        from judged j
        where j.verdict = 'new' and j.mention = 1
        returning entries.conversation_id, entries.sender_id, entries.client_id, entries.seq, entries.id,
            entries.created_at, entries.body, entries.file_id
    ),
    numbered as (
        update conversations c
        set last_seq = i.newest, changed_at = i.changed_at
        from (
            select conversation_id, max(seq) as newest, max(created_at) as changed_at
            from inserted group by conversation_id
        ) i
        where c.id = i.conversation_id
    )
    select j.place,
        case when j.verdict in ('not_found', 'blocked') then j.verdict end,
        j.verdict = 'new' and j.mention = 1,
        coalesce(i.seq, j.stored_seq), coalesce(i.id, j.stored_id), coalesce(i.created_at, j.stored_at),
        case when j.verdict = 'repeat' then j.stored_body when j.mention > 1 then i.body end,
        case when j.verdict = 'repeat' then j.stored_file when j.mention > 1 then i.file_id end,
        j.member_ids
    from judged j
    left join inserted i on i.conversation_id = j.conversation_id and i.sender_id = j.sender_id
        and i.client_id = j.client_id
    order by j.place;
end
$$;
