-- What no number orders is dated, so that whoever may have missed some asks for what is late: conversations that are
-- new, and receipts. Not indexed: a receipt then changes no index. A default that is the same for all rows rewrites none.
alter table conversations add column made_at timestamptz not null default now();
alter table members add column read_at timestamptz;
