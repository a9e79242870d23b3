// The same chat in plain Socket.IO and pg: a token in CONNECT, rooms from the database, each message stored before its
// acknowledgement. It has no sequence numbers, no rate limits and no metrics, all of which makes it faster.
//
//   DATABASE_URL=… JWT_SECRET=… node server.mjs [group]      group: group commit
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { Server } from 'socket.io';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query(`create table if not exists rival_messages (
  id bigserial primary key, conversation_id text not null, sender_id text not null, client_id text not null,
  body text not null, created_at timestamptz not null default now(), unique (conversation_id, sender_id, client_id))`);

const one = {
  name: 'one',
  text: `insert into rival_messages (conversation_id, sender_id, client_id, body) values ($1, $2, $3, $4)
    returning id, created_at`,
};
const many = {
  name: 'many',
  text: `insert into rival_messages (conversation_id, sender_id, client_id, body)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) returning id, created_at`,
};

async function insert(message) {
  return (await pool.query({ ...one, values: message })).rows[0];
}

let queue = [];
let isRunning = false;

function insertInBatch(message) {
  return new Promise((resolve, reject) => {
    queue.push({ message, resolve, reject });
    if (!isRunning) runBatches();
  });
}

async function runBatches() {
  isRunning = true;
  await new Promise(setImmediate);
  while (queue.length) {
    const batch = queue.splice(0, 500);
    const columns = [0, 1, 2, 3].map((column) => batch.map(({ message }) => message[column]));
    try {
      const { rows } = await pool.query({ ...many, values: columns });
      batch.forEach(({ resolve }, index) => resolve(rows[index]));
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    }
  }
  isRunning = false;
}

const store = process.argv[2] === 'group' ? insertInBatch : insert;
const http = createServer();
const io = new Server(http, { perMessageDeflate: false });

io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth.token, process.env.JWT_SECRET, { algorithms: ['HS256'] }).sub;
    next();
  } catch {
    next(new Error('unauthorized'));
  }
});

io.on('connection', async (socket) => {
  const user = socket.data.user;
  const memberships = pool.query({ name: 'rooms', text: 'select conversation_id from members where user_id = $1', values: [user] });
  socket.on('message', async ({ conversationId, clientId, body }, acknowledge) => {
    await memberships;
    if (!socket.rooms.has(conversationId)) return acknowledge({ error: { code: 'not_found' } });
    try {
      const { id, created_at: createdAt } = await store([conversationId, user, clientId, body]);
      io.to(conversationId).emit('message', { id, conversationId, senderId: user, clientId, body, createdAt });
      acknowledge({ id, createdAt });
    } catch (error) {
      acknowledge({ error: { code: error.code === '23505' ? 'repeat' : 'internal' } });
    }
  });
  for (const { conversation_id: id } of (await memberships).rows) socket.join(id);
});

http.listen(0, '127.0.0.1', () => console.error(`port ${http.address().port}`));
