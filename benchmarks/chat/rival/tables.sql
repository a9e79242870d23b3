-- The rival's own tables: numeric ids, in the order in which create_users made the users and conversations of two.
create table rival_users (id bigint generated always as identity primary key);
create table rival_conversations (id bigint generated always as identity primary key);
create table rival_members (
  user_id bigint not null references rival_users, conversation_id bigint not null references rival_conversations,
  primary key (user_id, conversation_id));
create table rival_messages (
  id bigint generated always as identity primary key, conversation_id bigint not null, sender_id bigint not null,
  client_id text not null, body text not null, created_at timestamptz not null,
  unique (conversation_id, sender_id, client_id));
