-- What no number orders is dated, so that whoever may have missed some asks for what is late: conversations that are
-- new, and receipts. Not indexed: a receipt then changes no index. A default that is the same for all rows rewrites
-- none, and what was there before is not new.
alter table conversations add column made_at timestamptz not null default '-infinity';
alter table conversations alter column made_at set default now();
alter table members add column read_at timestamptz;
