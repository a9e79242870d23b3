-- Stores messages without looking for earlier copies: where a message was stored before, or is there twice, the unique
-- index refuses the whole call, and nothing was stored. `append_messages` looks first; the release before calls only
-- that one.
--
-- Each parameter is a column of all messages, joined by U+001F, which none of the texts contains. A conversation gets no
-- row, and none of its messages is stored, where a sender is not a member, or where it is of two users between whom there
-- is a block. Every other conversation gets a row: its messages have the seqs after `seq_before`, in their order.
--
-- Planned once for all batches, perhaps while the tables are small. `= any` keeps the planner from a join that reads all
-- conversations.
create function append_new_messages(
    asked_conversations text, asked_senders text, asked_clients text, asked_bodies text, asked_ids text
) returns table (conversation_id text, seq_before bigint, created_at timestamptz, member_ids text[])
language plpgsql set enable_seqscan = off set enable_material = off as $$
#variable_conflict use_column
declare
    now timestamptz;
begin
    -- In the order of their ids, so that two tasks never wait for each other.
    perform from conversations c
    where c.id = any(string_to_array(asked_conversations, E'\x1f')) order by c.id for no key update;

    now := clock_timestamp();

    -- A new statement sees what was committed while it waited for the locks, such as a block.
    return query
    with asked as (
        select a.conversation_id, count(*) as messages, array_agg(a.sender_id) as sender_ids,
            array_agg(a.client_id) as client_ids, array_agg(a.body) as bodies, array_agg(a.id) as ids
        from (
            select conversation_id collate "C", sender_id, client_id, body, id
            from unnest(
                string_to_array(asked_conversations, E'\x1f'), string_to_array(asked_senders, E'\x1f'),
                string_to_array(asked_clients, E'\x1f'), string_to_array(asked_bodies, E'\x1f'),
                string_to_array(asked_ids, E'\x1f')
            ) with ordinality as each (conversation_id, sender_id, client_id, body, id, place)
            order by conversation_id collate "C", place
        ) a
        group by a.conversation_id
    ),
    counted as (
        update conversations c
        set last_seq = c.last_seq + asked.messages, changed_at = greatest(c.changed_at, now)
        from asked
        where c.id = any(array[asked.conversation_id]) and c.member_ids @> asked.sender_ids
            -- One row at most of each. Asked with `exists`, the whole table would be read once and hashed.
            and not coalesce(
                (select true from blocks b where b.blocker_id = c.pair_low and b.blocked_id = c.pair_high),
                (select true from blocks b where b.blocker_id = c.pair_high and b.blocked_id = c.pair_low),
                false
            )
        returning c.id, c.last_seq - asked.messages as seq_before, c.changed_at, c.member_ids, asked.*
    ),
    inserted as (
        insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body)
        select n.id, n.seq_before + generate_series(1, n.messages), 'message', unnest(n.ids), unnest(n.sender_ids),
            n.changed_at, unnest(n.client_ids), unnest(n.bodies)
        from counted n
    )
    select n.id, n.seq_before, n.changed_at, n.member_ids from counted n;
end
$$;
