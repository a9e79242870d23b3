-- For a chat in the open: tokens that can be revoked, accounts that can be deleted, blocks in both directions, and who
-- left a group.

-- Who left a group, and returns only by themself. What a task of the release before does during the deploy is missing
-- here: whoever leaves through it can be added again. No references: they would lock the conversations while all
-- entries are read, and nothing that is named here is ever deleted.
create table former_members (
    conversation_id text collate "C" not null,
    user_id text collate "C" not null,
    primary key (conversation_id, user_id)
);
insert into former_members (conversation_id, user_id)
select distinct e.conversation_id, e.sender_id
from entries e
join conversations c on c.id = e.conversation_id
where e.type = 'members' and not c.is_pair and e.sender_id <> all(e.member_ids) and e.sender_id <> all(c.member_ids);

-- Stores messages as `append_batch` does, which the release before still calls; but a block is one in either direction:
-- in the conversation of the two nothing passes.
create function append_messages(
    asked_conversations text[], asked_senders text[], asked_clients text[], asked_bodies text[], asked_files text[]
) returns table (
    refused text, fresh boolean, seq bigint, id text, created_at timestamptz, body text, file_id text,
    member_ids text[]
) language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_material = off as $$
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
                    -- One row at most of each. Asked with `exists`, the whole table would be read once and hashed.
                    (
                        select true from blocks b
                        where b.blocker_id = c.pair_low and b.blocked_id = c.pair_high
                    ) or (
                        select true from blocks b
                        where b.blocker_id = c.pair_high and b.blocked_id = c.pair_low
                    )
                ) then 'blocked'
                when row_number() over same = 1 then 'new'
                else 'same'
            end as verdict
        from unnest(asked_conversations, asked_senders, asked_clients, asked_bodies, asked_files)
            with ordinality as a (conversation_id, sender_id, client_id, body, file_id, place)
        left join lateral (
            select * from conversations where id = a.conversation_id limit 1
        ) c on true
        left join lateral (
            select * from entries
            where conversation_id = a.conversation_id and sender_id = a.sender_id and client_id = a.client_id
            limit 1
        ) e on true
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

-- Whom a user is blocked by; the primary key finds whom they block.
create index blocks_blocked on blocks (blocked_id);

-- The columns come last, because tables that are altered are locked until the end. Each default is the same for all
-- rows, so none is rewritten.

-- Tokens issued before `valid_after` (seconds since 1970) are revoked; `revoked_at` is when that last moved.
alter table users add column valid_after bigint not null default 0 check (valid_after >= 0);
alter table users add column revoked_at timestamptz;
-- From where the owner last logged in, so that nobody else's failed attempts keep them out.
alter table users add column login_network text;
-- When a block of this user, or against them, was made or ended.
alter table users add column blocks_changed_at timestamptz;
-- The account was deleted; its messages stay.
alter table users add column deleted_at timestamptz;

-- The seq with which a member joined: what is unread begins after it. Without a check, which would read all rows now.
alter table members add column joined_seq bigint not null default 0;

-- When its members last changed, for who asks what changed since a time. Null: not since this column exists.
alter table conversations add column members_changed_at timestamptz;
