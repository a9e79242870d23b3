-- When a member last read further: receipts have no number, and whoever may have missed some asks for the late ones.
-- Not indexed, so that a receipt changes no index.
alter table members add column read_at timestamptz;
