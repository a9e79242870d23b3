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
--
-- Every table is reached by an index, row by row: the statement is planned once, perhaps while the tables are small,
-- and a plan that reads whole tables would stay after they have grown.
create function append_batch(
    asked_conversations text[], asked_senders text[], asked_clients text[], asked_bodies text[], asked_files text[]
) returns table (
    refused text, fresh boolean, seq bigint, id text, created_at timestamptz, body text, file_id text,
    member_ids text[]
) language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
    -- In the order of their ids, so that two tasks never wait for each other.
    perform from conversations c where c.id = any(asked_conversations) order by c.id for no key update;

    -- A new statement sees what was committed while it waited for the locks; deduplicating in the statement that
    -- takes them would miss it, and leave a gap.
    return query
    with judged as (
        select a.place, a.conversation_id, a.sender_id, a.client_id, a.body, a.file_id,
            c.last_seq, c.member_ids, greatest(c.changed_at, (select clock_timestamp())) as now,
            e.seq as stored_seq, e.id as stored_id, e.created_at as stored_at, e.body as stored_body,
            e.file_id as stored_file,
            case
                when e.seq is not null then 'repeat'
                when c.id is null or a.sender_id <> all(c.member_ids) then 'not_found'
                when c.pair_low is not null and (
                    -- One row at most. Asked with `exists`, the whole table would be read once and hashed.
                    select true from blocks b
                    where b.blocked_id = a.sender_id
                        and b.blocker_id = case a.sender_id when c.pair_low then c.pair_high else c.pair_low end
                ) then 'blocked'
                when row_number() over same = 1 then 'new'
                else 'same'
            end as verdict
        from unnest(asked_conversations, asked_senders, asked_clients, asked_bodies, asked_files)
            with ordinality as a (conversation_id, sender_id, client_id, body, file_id, place)
        left join conversations c on c.id = a.conversation_id
        left join entries e on e.conversation_id = a.conversation_id and e.sender_id = a.sender_id
            and e.client_id = a.client_id
        window same as (partition by a.conversation_id, a.sender_id, a.client_id order by a.place)
    ),
    numbered as materialized (
        select j.*,
            j.last_seq + count(*) filter (where j.verdict = 'new')
                over (partition by j.conversation_id order by j.place) as new_seq,
            case when j.verdict = 'new' then gen_random_uuid()::text end as new_id
        from judged j
    ),
    inserted as (
        insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body, file_id)
        select n.conversation_id, n.new_seq, 'message', n.new_id, n.sender_id, n.now, n.client_id, n.body, n.file_id
        from numbered n
        where n.verdict = 'new'
    ),
    counted as (
        update conversations c
        set last_seq = newest.seq, changed_at = newest.now
        from (
            select n.conversation_id, max(n.new_seq) as seq, max(n.now) as now
            from numbered n where n.verdict = 'new'
            group by n.conversation_id
        ) newest
        where c.id = newest.conversation_id
    )
    -- Of several that are the same, the first was stored and the others repeat it.
    select
        case when n.verdict in ('not_found', 'blocked') then n.verdict end,
        n.verdict = 'new',
        coalesce(n.stored_seq, first_value(n.new_seq) over same),
        coalesce(n.stored_id, first_value(n.new_id) over same),
        coalesce(n.stored_at, n.now),
        case n.verdict when 'repeat' then n.stored_body when 'same' then first_value(n.body) over same end,
        case n.verdict when 'repeat' then n.stored_file when 'same' then first_value(n.file_id) over same end,
        n.member_ids
    from numbered n
    window same as (partition by n.conversation_id, n.sender_id, n.client_id order by n.place)
    order by n.place;
end
$$;
