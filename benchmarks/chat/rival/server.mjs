// The same chat as plainly as Socket.IO and pg allow: a token in CONNECT, rooms from the database, a message stored
// before its acknowledgement. It numbers nothing, limits nothing and counts nothing, all of which favours it.
//
//   DATABASE_URL=… JWT_SECRET=… node server.mjs [group]      group: as many messages share a commit as wait for it
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

async function storedAlone(message) {
  return (await pool.query({ ...one, values: message })).rows[0];
}

let waiting = [];
let flying = false;

function storedTogether(message) {
  return new Promise((resolve, reject) => {
    waiting.push({ message, resolve, reject });
    if (!flying) fly();
  });
}

async function fly() {
  flying = true;
  await new Promise(setImmediate);
  while (waiting.length) {
    const flight = waiting.splice(0, 500);
    const columns = [0, 1, 2, 3].map((column) => flight.map(({ message }) => message[column]));
    try {
      const { rows } = await pool.query({ ...many, values: columns });
      flight.forEach(({ resolve }, place) => resolve(rows[place]));
    } catch (error) {
      flight.forEach(({ reject }) => reject(error));
    }
  }
  flying = false;
}

const stored = process.argv[2] === 'group' ? storedTogether : storedAlone;
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
  const member = pool.query({ name: 'rooms', text: 'select conversation_id from members where user_id = $1', values: [user] });
  socket.on('message', async ({ conversationId, clientId, body }, acknowledge) => {
    await member;
    if (!socket.rooms.has(conversationId)) return acknowledge({ error: { code: 'not_found' } });
    try {
      const { id, created_at: createdAt } = await stored([conversationId, user, clientId, body]);
      io.to(conversationId).emit('message', { id, conversationId, senderId: user, clientId, body, createdAt });
      acknowledge({ id, createdAt });
    } catch (error) {
      acknowledge({ error: { code: error.code === '23505' ? 'repeat' : 'internal' } });
    }
  });
  for (const { conversation_id: id } of (await member).rows) socket.join(id);
});

http.listen(0, '127.0.0.1', () => console.error(`port ${http.address().port}`));
