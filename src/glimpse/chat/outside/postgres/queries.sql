-- Every statement of the store, each with its name and a sentence. `queries.py` reads this file.
--
-- A fragment is SQL that several statements share: {user(u)} stands for the text of the fragment `user`, with `u` in
-- the place of its parameter.

-- ---- Fragments

-- fragment: user(t)
-- The columns of values.User.
t.id, t.handle, t.display_name, t.profile_image_id, t.deleted_at is not null

-- fragment: entry(t)
-- The columns that store.py makes a values.Entry of.
t.conversation_id, t.seq, t.type, t.id, t.sender_id, t.created_at, t.client_id, t.body, t.file_id, t.of_seq,
    t.member_ids

-- fragment: file(t)
-- The columns of values.File.
t.id, t.owner_id, t.name, t.content_type, t.size, t.sha256, t.completed_at is not null as is_complete,
    extract(epoch from t.upload_until)::float8 as upload_until

-- fragment: in_a_block_with(reader)
-- The users who blocked a user, and those whom the user blocked. Asked with `in`, they are read and hashed once.
(select blocked_id from blocks where blocker_id = reader union all select blocker_id from blocks where blocked_id = reader)

-- fragment: in_a_block(first, second)
-- Whether one of two users blocked the other. Each block is looked for by its key: asked with `exists`, the whole table
-- could be read once and hashed.
coalesce(
    (select true from blocks b where b.blocker_id = first and b.blocked_id = second),
    (select true from blocks b where b.blocker_id = second and b.blocked_id = first),
    false
)

-- fragment: partners(reader)
-- The other members of a user's two-person conversations, unless one of the two blocked the other.
select distinct other.id
from members m
join conversations c on c.id = m.conversation_id and c.is_pair
cross join lateral unnest(c.member_ids) as other (id)
where m.user_id = reader and other.id <> reader and not {in_a_block(reader, other.id)}
order by other.id

-- fragment: join_state(t)
-- What a user who joins needs: which tokens are valid, whether the account was deleted, and the partners.
t.id, t.valid_after, t.deleted_at is not null, array({partners(t.id)})

-- fragment: reads(t, reader)
-- The seq that each member of a conversation read last, in the order of its member_ids; null for members who are in a
-- block with the reader.
array(
    select case when m.user_id in {in_a_block_with(reader)} then null else m.read_seq end
    from unnest(t.member_ids) with ordinality as member (id, place)
    join members m on m.user_id = member.id and m.conversation_id = t.id
    order by member.place
)

-- fragment: history(compared, direction)
-- At most $4 entries on one side of a seq ($3). For a member without any: one row of nulls. For others: no row.
select {entry(e)}
from members m
left join lateral (
    select * from entries
    where conversation_id = $1 and seq compared $3
    order by seq direction
    limit $4
) e on true
where m.conversation_id = $1 and m.user_id = $2
order by e.seq

-- ---- The server

-- name: server
-- The settings that decide whether a commit is durable, and how many connections an ordinary role may have.
select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int as connections;

-- name: others
-- Whether another session under one of these application names began before this one.
select exists (
    select from pg_stat_activity other, pg_stat_activity mine
    where mine.pid = pg_backend_pid() and other.datname = mine.datname and other.backend_start < mine.backend_start
        and other.application_name = any($1::text[])
);

-- name: check
-- Whether the server answers.
select 1;

-- ---- Users

-- name: ensure_users
-- Create the users of these ids. No row for one who exists, or whom another task creates at this moment.
insert into users (id) select unnest($1::text[])
on conflict (id) do nothing
returning {user(users)};

-- name: sign_up
-- Create a user with a handle. No row where the id is taken, or one of the handle's keys ($5).
insert into users (id, handle, handle_key, password_hash)
select $1, $2, $3, $4 where not exists (select from users where handle_key = any($5::text[]))
on conflict do nothing
returning {user(users)};

-- name: user_of_handle
-- The account with a handle key.
select {user(u)}, u.password_hash, u.valid_after, u.login_network from users u where u.handle_key = $1;

-- name: account_of_user
-- The account of a user; no row for a user of another issuer.
select {user(u)}, u.password_hash, u.valid_after, u.login_network
from users u
where u.id = $1 and u.password_hash is not null;

-- name: change_password
-- Replace the hash of a password ($2) by another, and revoke the tokens issued before a second ($4).
update users
set password_hash = $3, valid_after = greatest(valid_after, $4), revoked_at = clock_timestamp()
where id = $1 and password_hash = $2
returning valid_after;

-- name: join_state
-- What one user who joins needs. Not by `join_states`, because asyncpg takes long to encode an array.
select {join_state(u)} from users u where u.id = $1;

-- name: join_states
-- What users who join need.
select {join_state(u)} from users u where u.id = any($1::text[]);

-- name: validity
-- Which tokens of a user are valid, and whether the account was deleted.
select valid_after, deleted_at is not null as is_deleted from users where id = $1;

-- name: revoke
-- Revoke the tokens of a user that were issued before a second. The user is created on first use.
insert into users (id, valid_after, revoked_at) values ($1, $2, clock_timestamp())
on conflict (id) do update
set valid_after = greatest(users.valid_after, excluded.valid_after), revoked_at = excluded.revoked_at
returning valid_after;

-- name: revoked_since
-- Those of these users whose tokens were revoked since a time.
select id, valid_after from users where id = any($1::text[]) and revoked_at >= $2;

-- name: delete_user
-- Delete an account but for its messages and memberships, and revoke its tokens. Its files become as if they had never
-- been complete. The user is locked before the files, as in update_profile.
with deleted as (
    update users
    set handle = null, handle_key = null, password_hash = null, display_name = null, profile_image_id = null,
        login_network = null, deleted_at = coalesce(deleted_at, clock_timestamp()),
        blocks_changed_at = case
            when exists (select from blocks where blocker_id = $1) then clock_timestamp() else blocks_changed_at
        end,
        valid_after = greatest(valid_after + 1, $2), revoked_at = clock_timestamp()
    where id = $1
    returning valid_after
),
unblocked as (
    delete from blocks where blocker_id = $1 and exists (select from deleted)
    returning blocked_id
),
dated as (
    update users set blocks_changed_at = clock_timestamp() where id in (select blocked_id from unblocked)
),
released as (
    update files set completed_at = null, unused_since = null, is_pending = true, upload_until = '-infinity'
    where owner_id = $1 and exists (select from deleted)
)
select valid_after from deleted;

-- name: restore_user
-- A deleted account is one again.
update users set deleted_at = null where id = $1 and deleted_at is not null;

-- name: groups
-- The conversations of a user that are not of two.
select c.id
from members m
join conversations c on c.id = m.conversation_id and not c.is_pair
where m.user_id = $1
order by c.id;

-- name: remember_login
-- The network that a user logged in from.
update users set login_network = $2 where id = $1;

-- name: users
-- Users by their ids, in the order of the ids.
select {user(u)}
from unnest($1::text[]) with ordinality as asked (id, place)
join users u on u.id = asked.id
order by asked.place;

-- name: update_profile
-- Change the values that are not null; an empty display name becomes null. The image must be a complete file of the
-- user. Nothing refers to the previous image any more. No row for a deleted account.
with before as materialized (
    select profile_image_id from users where id = $1 and deleted_at is null for no key update
),
image as (
    update files set unused_since = null
    where id = $3 and owner_id = $1 and completed_at is not null and content_type like 'image/%'
        and exists (select from before)
    returning id
),
changed as (
    update users
    set display_name = nullif(coalesce($2, display_name), ''), profile_image_id = coalesce($3, profile_image_id)
    where id = $1 and exists (select from before) and ($3::text is null or exists (select from image))
    returning {user(users)}
),
released as (
    update files set unused_since = clock_timestamp()
    where id = (select profile_image_id from before) and id <> $3 and exists (select from changed)
)
select * from changed;

-- name: block
-- One user blocks another: whether both exist and the first one's account is not deleted, and whether the block is new.
-- Both users are locked, in the order of their ids, so that two who block each other at once do not wait for each other.
with both_known as materialized (
    select id from users where id = $2 or (id = $1 and deleted_at is null) order by id for no key update
),
blocked as (
    insert into blocks (blocker_id, blocked_id) select $1, $2 where (select count(*) from both_known) = 2
    on conflict do nothing
    returning blocker_id
),
dated as (
    update users set blocks_changed_at = clock_timestamp()
    where id in (select id from both_known) and exists (select from blocked)
)
select (select count(*) from both_known) = 2 as known, exists (select from blocked) as changed;

-- name: unblock
-- One user no longer blocks another: whether both exist, and whether there was a block.
with both_known as materialized (
    select id from users where id in ($1, $2) order by id for no key update
),
unblocked as (
    delete from blocks where blocker_id = $1 and blocked_id = $2 and (select count(*) from both_known) = 2
    returning blocker_id
),
dated as (
    update users set blocks_changed_at = clock_timestamp()
    where id in (select id from both_known) and exists (select from unblocked)
)
select (select count(*) from both_known) = 2 as known, exists (select from unblocked) as changed;

-- name: blocked_users
-- Whom a user blocks, in the order of their ids, after one of them.
select {user(u)}
from blocks b
join users u on u.id = b.blocked_id
where b.blocker_id = $1 and b.blocked_id > $2
order by b.blocked_id
limit $3;

-- name: pair_is_open
-- Whether the conversation of two users is without a block between them; no row where they have none.
select not exists (
    select from blocks where (blocker_id = $1 and blocked_id = $2) or (blocker_id = $2 and blocked_id = $1)
) as is_open
from conversations
where pair_low = least($1::text collate "C", $2) and pair_high = greatest($1::text collate "C", $2);

-- name: pairs_changed_since
-- The conversations of two between any of these users and another, where a block of both changed since a time.
select distinct c.pair_low, c.pair_high, least(u.blocks_changed_at, other.blocks_changed_at) as changed_at
from users u
join members m on m.user_id = u.id
join conversations c on c.id = m.conversation_id and c.pair_low is not null
join users other on other.id = case u.id when c.pair_low then c.pair_high else c.pair_low end
where u.id = any($1::text[]) and u.blocks_changed_at >= $2 and other.blocks_changed_at >= $2;

-- ---- Conversations

-- name: create_conversation
-- Create a conversation and its members: whether all members exist, whether the account of one was deleted, whether one
-- is in a block with the creator ($5), and whether it was created. It is not where the id or the pair exists already.
-- While another task creates the same one, this statement waits for that transaction.
with everybody as (
    select count(*) = cardinality($2::text[]) as known, coalesce(bool_or(deleted_at is not null), false) as deleted,
        coalesce(bool_or(id in {in_a_block_with($5)}), false) as blocked
    from users where id = any($2)
),
made as (
    insert into conversations (id, changed_at, member_ids, is_pair, pair_low, pair_high)
    select $1, clock_timestamp(), $2, $3::text is not null, $3, $4 from everybody
    where known and not deleted and not blocked
    on conflict do nothing
    returning id
),
joined as (
    insert into members (conversation_id, user_id) select made.id, unnest($2) from made
)
select everybody.known, everybody.deleted, everybody.blocked, exists (select from made) as made from everybody;

-- name: conversation_made_before
-- The conversation of a pair, or else the one with an id; $4 reads it.
select c.id, c.last_seq, c.member_ids,
    {reads(c, $4)} as reads
from conversations c
where c.id = $1 or (c.pair_low = $2 and c.pair_high = $3)
order by c.pair_low = $2 and c.pair_high = $3 desc nulls last
limit 1;

-- name: conversation
-- A conversation, for a member.
select c.id, c.last_seq, c.member_ids,
    {reads(c, $2)} as reads
from conversations c
where c.id = $1 and $2 = any(c.member_ids);

-- name: partners
-- The partners of a user.
{partners($1)};

-- name: list_conversations
-- A page of a user's conversations, newest change first, with everything that the list shows.
with page as materialized (
    select c.id, c.last_seq, c.member_ids, c.changed_at, c.is_pair, greatest(m.read_seq, m.joined_seq) as seen_seq
    from members m
    join conversations c on c.id = m.conversation_id
    where m.user_id = $1 and ($2::timestamptz is null or (c.changed_at, c.id) < ($2, $3))
    order by c.changed_at desc, c.id desc
    limit $4
)
select p.id, p.last_seq, p.member_ids, p.changed_at, p.is_pair,
    {reads(p, $1)} as reads,
    array(
        select row({user(u)})
        from unnest(p.member_ids) with ordinality as member (id, place)
        join users u on u.id = member.id
        order by member.place
    ) as members,
    (
        select row({entry(e)})
        from entries e
        where e.conversation_id = p.id and e.type = 'message'
        order by e.seq desc
        limit 1
    ) as last_message,
    (
        select count(*)
        from (
            select from entries e
            where e.conversation_id = p.id and e.seq > p.seen_seq and e.type = 'message' and e.sender_id <> $1
                and e.body is not null
            limit $5
        ) counted
    ) as unread
from page p
order by p.changed_at desc, p.id desc;

-- name: lock_conversation
-- Lock a conversation, for a member, until the end of the transaction. The next statement sees everything that was
-- committed before the lock was granted.
select id, last_seq, member_ids, is_pair from conversations
where id = $1 and $2 = any(member_ids)
for no key update;

-- name: add_members
-- Append new members, who have read nothing, to a locked conversation; what is unread begins after the next entry.
with joined as (
    insert into members (conversation_id, user_id, joined_seq)
    select c.id, added.id, c.last_seq + 1 from conversations c, unnest($2::text[]) as added (id) where c.id = $1
),
returned as (
    delete from former_members where conversation_id = $1 and user_id = any($2)
)
update conversations set member_ids = member_ids || $2::text[], members_changed_at = clock_timestamp() where id = $1
returning member_ids;

-- name: who_may_not_be_added
-- Whether one of these users ($3) left the conversation, and whether one is in a block with the user who adds them ($2).
select exists (select from former_members where conversation_id = $1 and user_id = any($3::text[])) as left_before,
    exists (select from unnest($3::text[]) as added (id) where added.id in {in_a_block_with($2)}) as blocked;

-- name: remove_member
-- Remove a member of a locked conversation, who may come back to a group. A pair that one of the two left is a pair no
-- longer.
with left_behind as (
    delete from members where conversation_id = $1 and user_id = $2
),
remembered as (
    insert into former_members (conversation_id, user_id) select id, $2 from conversations where id = $1 and not is_pair
    on conflict do nothing
)
update conversations
set member_ids = array_remove(member_ids, $2), members_changed_at = clock_timestamp(), pair_low = null, pair_high = null
where id = $1
returning member_ids;

-- name: lock_group_for_former_member
-- Lock a group for a member, or for a user who left it and has an account, until the end of the transaction.
select id, last_seq, member_ids from conversations
where id = $1 and not is_pair and (
    $2 = any(member_ids) or exists (
        select from former_members f
        join users u on u.id = f.user_id and u.deleted_at is null
        where f.conversation_id = $1 and f.user_id = $2
    )
)
for no key update;

-- name: add_change
-- Add the next entry of a locked conversation: a membership change ($4) or a deletion ($5).
with numbered as (
    update conversations set last_seq = last_seq + 1, changed_at = greatest(changed_at, clock_timestamp())
    where id = $1
    returning last_seq, changed_at
)
insert into entries (conversation_id, seq, type, id, sender_id, created_at, member_ids, of_seq)
select $1, last_seq, $2, gen_random_uuid()::text, $3, changed_at, $4::text[], $5::bigint from numbered
returning {entry(entries)};

-- ---- Messages

-- name: append_one_new
-- Store a message at the next seq without looking for an earlier copy. No row where it is refused, also where it is a
-- repeat whose sender has left or was blocked since. Any other repeat violates the unique index: the whole statement
-- fails, so that no seq is taken.
with numbered as (
    update conversations c
    set last_seq = c.last_seq + 1, changed_at = greatest(c.changed_at, clock_timestamp())
    where c.id = $1 and $2 = any(c.member_ids) and not {in_a_block(c.pair_low, c.pair_high)}
    returning c.last_seq, c.changed_at, c.member_ids
),
inserted as (
    insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)
    select $1, last_seq, 'message', $5, $2, changed_at, $3, $4 from numbered
)
select last_seq, changed_at, member_ids from numbered;

-- name: append_one
-- Store a message at the next seq; or the entry that it has already; or why it is refused. Without ON CONFLICT: when
-- two tasks store the same message at once, both take a seq, and the whole statement of the second must fail to give
-- its seq back. `store.py` repeats it.
with stored as materialized (
    select seq, id, created_at, body, file_id from entries
    where conversation_id = $1 and sender_id = $2 and client_id = $3
),
blocked as materialized (
    select from conversations c where c.id = $1 and $2 in (c.pair_low, c.pair_high) and {in_a_block(c.pair_low, c.pair_high)}
),
numbered as (
    update conversations
    set last_seq = last_seq + 1, changed_at = greatest(changed_at, clock_timestamp())
    where id = $1 and $2 = any(member_ids) and not exists (select from stored) and not exists (select from blocked)
    returning last_seq, changed_at, member_ids
),
inserted as (
    insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body, file_id)
    select $1, last_seq, 'message', gen_random_uuid()::text, $2, changed_at, $3, $4, $5 from numbered
    returning seq, id, created_at
)
select
    case
        when i.seq is not null or s.seq is not null then null
        when exists (select from blocked) then 'blocked'
        else 'not_found'
    end as refused,
    i.seq is not null as fresh,
    coalesce(i.seq, s.seq) as seq, coalesce(i.id, s.id) as id, coalesce(i.created_at, s.created_at) as created_at,
    s.body, s.file_id,
    case when n.last_seq is null then (select member_ids from conversations where id = $1) else n.member_ids end
        as member_ids
from (values (1)) as always
left join stored s on true
left join numbered n on true
left join inserted i on true;

-- name: append_batch_new
-- Store messages without looking for earlier copies: a row for each conversation in which all of them were stored.
select conversation_id, seq_before, created_at, member_ids from append_new_messages($1, $2, $3, $4, $5);

-- name: append_batch
-- Store messages, each at the next seq of its conversation: a row for each, in their order.
select refused, fresh, seq, id, created_at, body, file_id, member_ids
from append_messages($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]);

-- name: deletion_of
-- An entry's type and sender, and the entry that deleted it, if any.
select e.type, e.sender_id,
    (
        select row({entry(d)})
        from entries d
        where d.conversation_id = $1 and d.of_seq = $2
    ) as deletion
from entries e
where e.conversation_id = $1 and e.seq = $2;

-- name: empty_message
-- Empty a deleted message. Its file may be in use elsewhere; expire_unused_files checks that.
with released as (
    update files set unused_since = clock_timestamp()
    where id = (select file_id from entries where conversation_id = $1 and seq = $2)
)
update entries set body = null, file_id = null where conversation_id = $1 and seq = $2;

-- name: mark_read
-- Move what a member read last: only forward, and at most to the newest entry. The seq by now, and whether it moved.
with now as materialized (
    select m.read_seq, least($3::bigint, c.last_seq) as asked
    from members m
    join conversations c on c.id = m.conversation_id
    where m.conversation_id = $1 and m.user_id = $2
    for no key update of m
),
moved as (
    update members m set read_seq = now.asked, read_at = clock_timestamp()
    from now
    where m.conversation_id = $1 and m.user_id = $2 and now.asked > now.read_seq
)
select greatest(read_seq, asked) as read_seq, asked > read_seq as moved from now;

-- name: history_after
-- The first entries after a seq.
{history(>, asc)};

-- name: history_before
-- The last entries before a seq.
{history(<, desc)};

-- name: messages_before
-- The last messages before a seq ($3) that are not deleted, at most $4, among the $5 entries before it. `top` is the seq
-- after the newest of those entries. For a member without any: one row without an entry. For others: no row.
select {entry(e)}, looked.top
from members m
join conversations c on c.id = m.conversation_id
cross join lateral (select least($3::bigint, c.last_seq + 1) as top) looked
left join lateral (
    select * from entries
    where conversation_id = $1 and seq < looked.top and seq >= looked.top - $5::bigint
        and type = 'message' and body is not null
    order by seq desc
    limit $4
) e on true
where m.conversation_id = $1 and m.user_id = $2
order by e.seq;

-- name: changes
-- The last entries between two seqs, newest first, with the members by now.
select {entry(e)}, c.member_ids as members
from conversations c
join entries e on e.conversation_id = c.id
where c.id = $1 and e.seq > $2 and e.seq < $3
order by e.seq desc
limit $4;

-- name: changed_since
-- Conversations of any of these users that were created, changed or read since a time, who read them, and which members
-- are in a block with such a reader.
select c.id, c.member_ids, c.last_seq, c.made_at >= $2 as is_new, late.reader_ids, late.reads,
    array(
        select row(b.blocker_id, b.blocked_id)
        from unnest(late.reader_ids) as reader (id)
        join blocks b on b.blocker_id = reader.id
        where exists (select from unnest(c.member_ids) as member (id) where member.id = b.blocked_id)
        union all
        select row(b.blocked_id, b.blocker_id)
        from unnest(late.reader_ids) as reader (id)
        join blocks b on b.blocked_id = reader.id
        where exists (select from unnest(c.member_ids) as member (id) where member.id = b.blocker_id)
    ) as hidden
from conversations c,
lateral (
    select array_agg(m.user_id) as reader_ids, array_agg(m.read_seq) as reads
    from unnest(c.member_ids) as who (id)
    join members m on m.user_id = who.id and m.conversation_id = c.id
    where m.read_at >= $2
) late
where c.id in (select m.conversation_id from members m where m.user_id = any($1::text[]))
    and (c.changed_at >= $2 or late.reader_ids is not null);

-- name: sync
-- What a client with these cursors missed: a row for each conversation that it lacks, lags behind, is ahead of, or is
-- no member of (last_seq is null), and, with a time ($5), for those after an id ($6) whose members, receipts or blocks
-- changed since then; at most $8 rows. If $4, only conversations that have a cursor, which may be null. As seqs have no
-- gaps, the number of missed entries is known without counting them, and so is which of them fit on this page ($3). At
-- least one row, perhaps of nulls: `at` is $7 seconds before this statement.
with cursors as materialized (
    select key collate "C" as conversation_id, value::bigint as seq from json_each_text($2::json)
),
mine as (
    select c.id, c.last_seq, c.member_ids, c.members_changed_at
    from members m
    join conversations c on c.id = m.conversation_id
    where m.user_id = $1 and (not $4::boolean or m.conversation_id in (select conversation_id from cursors))
),
missed as (
    select coalesce(mine.id, cursors.conversation_id) as id, mine.last_seq, mine.member_ids,
        cursors.seq as cursor,
        greatest(coalesce(cursors.seq, 0), 0) as after,
        greatest(mine.last_seq - greatest(coalesce(cursors.seq, 0), 0), 0) as entries_missed
    from mine
    full join cursors on cursors.conversation_id = mine.id
    where mine.id is null or cursors.seq is null or cursors.seq <> mine.last_seq
        or ($5::timestamptz is not null and mine.id > $6 and (
            mine.members_changed_at >= $5
            or exists (
                select from unnest(mine.member_ids) as member (id)
                join members m on m.user_id = member.id and m.conversation_id = mine.id
                where m.read_at >= $5 and m.user_id not in {in_a_block_with($1)}
            )
            or (
                (select blocks_changed_at >= $5 from users where id = $1)
                and exists (
                    select from unnest(mine.member_ids) as member (id)
                    join users u on u.id = member.id
                    where u.id <> $1 and u.blocks_changed_at >= $5
                )
            )
        ))
),
placed as (
    select missed.*,
        coalesce(sum(entries_missed) over (order by id rows between unbounded preceding and 1 preceding), 0)::bigint
            as entries_before
    from missed
    order by id
    limit $8
)
select p.id, p.last_seq, p.member_ids, p.cursor, p.entries_missed,
    {reads(p, $1)} as reads,
    array(
        select row({entry(e)})
        from entries e
        where p.entries_before < $3 and e.conversation_id = p.id and e.seq > p.after
            and e.seq <= p.after + least(p.entries_missed, $3 - p.entries_before)
        order by e.seq
    ) as entries,
    extract(epoch from statement_timestamp() - $7::float8 * interval '1 second')::float8 as at
from (values (1)) as always
left join placed p on true
order by p.id;

-- ---- Files

-- name: announce_file
-- Announce a file that may be uploaded for $7 seconds, within the owner's quota ($8 bytes); nulls where that is
-- exceeded. The same statement answers whether the owner exists, because another task may create them right after it.
with reserved as (
    update users set stored_bytes = stored_bytes + $5 where id = $2 and stored_bytes + $5 <= $8
    returning id
),
made as (
    insert into files (id, owner_id, name, content_type, size, sha256, upload_until)
    select $1, reserved.id, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 second' from reserved
    returning {file(files)}
)
select made.*, exists (select from users where id = $2) as is_known
from (values (1)) as always
left join made on true;

-- name: file
-- A file by its id.
select {file(f)}
from files f
where f.id = $1;

-- name: lock_file
-- A file by its id, until the end of the transaction.
select {file(f)}
from files f
where f.id = $1
for no key update;

-- name: use_file
-- A message or a profile refers to the file.
update files set unused_since = null where id = $1;

-- name: complete_file
-- Mark a checked file as complete. No row where its upload URL expired more than $2 seconds ago.
update files
set completed_at = coalesce(completed_at, clock_timestamp()),
    unused_since = case when completed_at is null then clock_timestamp() else unused_since end
where id = $1 and (completed_at is not null or upload_until > clock_timestamp() - $2 * interval '1 second')
returning id;

-- name: files_seen_by
-- Those of the files ($1) that are complete, for who may see them: the owner, the members of conversations where the
-- owner posted the file, and, while it is the owner's profile image, everybody who shares a conversation with the owner.
-- Each file is looked for by its key: asked with `exists`, all entries with files could be read once and hashed.
select {file(f)}
from unnest($1::text[]) with ordinality as asked (id, place)
join files f on f.id = asked.id
where f.completed_at is not null and (
    f.owner_id = $2
    or (
        select true from entries e
        join members m on m.conversation_id = e.conversation_id and m.user_id = $2
        where e.file_id = f.id and e.sender_id = f.owner_id
        limit 1
    )
    or (
        select true from users u
        join members theirs on theirs.user_id = u.id
        join members mine on mine.conversation_id = theirs.conversation_id and mine.user_id = $2
        where u.id = f.owner_id and u.profile_image_id = f.id
        limit 1
    )
)
order by asked.place;

-- name: expire_unused_files
-- Files that nothing has referred to for $1 seconds become as if they had never been complete; at most $2 of them.
with meant as (
    select f.id, f.owner_id from files f
    where f.unused_since < clock_timestamp() - $1 * interval '1 second'
    order by f.unused_since
    limit $2
    for update skip locked
),
judged as (
    select m.id,
        exists (select from entries e where e.file_id = m.id and e.sender_id = m.owner_id)
            or exists (select from users u where u.id = m.owner_id and u.profile_image_id = m.id) as is_used
    from meant m
)
update files f
set unused_since = null,
    completed_at = case when judged.is_used then f.completed_at end,
    is_pending = f.is_pending or not judged.is_used,
    upload_until = case when judged.is_used then f.upload_until else '-infinity' end
from judged
where f.id = judged.id;

-- name: files_to_sweep
-- Files of which an unchecked object may exist although their upload URL expired $1 seconds ago or earlier.
select {file(f)}
from files f
where f.is_pending and f.upload_until < clock_timestamp() - $1 * interval '1 second'
order by f.upload_until
limit $2;

-- name: finish_sweep
-- The objects under pending/ of complete files ($1) and all objects of incomplete files ($2) were deleted. The latter
-- files are forgotten, and their bytes are given back to the quota. Users are locked before files, as update_profile
-- does, to avoid deadlocks: no file is locked before the owners are counted, which locks them.
with owners as materialized (
    select from users
    where id in (select owner_id from files where id = any($1::text[] || $2::text[]))
    order by id
    for no key update
),
meant as materialized (
    select id from files
    where id = any($1::text[] || $2::text[]) and is_pending
        and upload_until < clock_timestamp() - $3 * interval '1 second'
        and (select count(*) from owners) is not null
    order by id
    for update
),
kept as (
    update files set is_pending = false
    where id = any($1) and id in (select id from meant) and completed_at is not null
),
gone as (
    delete from files where id = any($2) and id in (select id from meant) and completed_at is null
    returning owner_id, size
)
update users set stored_bytes = stored_bytes - freed.bytes
from (select owner_id, sum(size)::bigint as bytes from gone group by owner_id) freed
where users.id = freed.owner_id;
