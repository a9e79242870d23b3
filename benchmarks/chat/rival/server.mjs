// The same chat in plain Socket.IO and pg, made as fast as it can be: a token in CONNECT, rooms from the database, each
// message stored before its acknowledgement, once by its unique key. It has no sequence numbers, no rate limits and no
// metrics, all of which makes it faster. The tables are in tables.sql.
//
//   DATABASE_URL=… JWT_SECRET=… node server.mjs [group] [once]
//     group: group commit, and WebSockets only
//     once:  one write for all that a client gets in a turn of the event loop; for that, Engine.IO is patched
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { Server } from 'socket.io';

const IS_GROUPING = process.argv.includes('group');
const IS_PATCHED = process.argv.includes('once');
const BATCH_MS = 3;
const MAX_BATCH = 500;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const rooms = { name: 'rooms', text: 'select conversation_id from rival_members where user_id = $1' };
const one = {
  name: 'one',
  text: `insert into rival_messages (conversation_id, sender_id, client_id, body, created_at)
    values ($1, $2, $3, $4, $5) returning id`,
};
const many = {
  name: 'many',
  text: `insert into rival_messages (conversation_id, sender_id, client_id, body, created_at)
    select message.*, $5 from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as message returning id`,
};

// The time is made here: to parse a time of the database and to format it again costs more than all else about it.
async function insert(message) {
  const createdAt = new Date().toISOString();
  const { rows } = await pool.query({ ...one, values: [...message, createdAt] });
  return { id: rows[0].id, createdAt };
}

let queue = [];
let isRunning = false;

function insertInBatch(message) {
  return new Promise((resolve, reject) => {
    queue.push({ message, resolve, reject });
    if (!isRunning) {
      isRunning = true;
      setTimeout(runBatch, BATCH_MS);
    }
  });
}

async function runBatch() {
  const batch = queue.splice(0, MAX_BATCH);
  const [conversations, senders, clientIds, bodies] = [0, 1, 2, 3].map((column) =>
    batch.map(({ message }) => message[column]),
  );
  const createdAt = new Date().toISOString();
  try {
    const values = [`{${conversations}}`, `{${senders}}`, clientIds, bodies, createdAt];
    const { rows } = await pool.query({ ...many, values });
    batch.forEach(({ resolve }, index) => resolve({ id: rows[index].id, createdAt }));
  } catch (error) {
    await insertOneByOne(batch, error);
  }
  isRunning = queue.length > 0;
  if (isRunning) setTimeout(runBatch, BATCH_MS);
}

// One repeat fails a whole batch, whose other messages are stored all the same.
async function insertOneByOne(batch, error) {
  if (error.code !== '23505') return batch.forEach(({ reject }) => reject(error));
  await Promise.all(batch.map(({ message, resolve, reject }) => insert(message).then(resolve, reject)));
}

const store = IS_GROUPING ? insertInBatch : insert;
const http = createServer();
const io = new Server(http, {
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  transports: IS_GROUPING ? ['websocket'] : ['polling', 'websocket'],
});

io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth.token, process.env.JWT_SECRET, { algorithms: ['HS256'] }).sub;
    next();
  } catch {
    next(new Error('unauthorized'));
  }
});

// Engine.IO writes an event at once and what follows it, such as the acknowledgement, after that: two system calls.
// Here everything for a client goes out with one, when the event loop is through with what it was doing.
const flushes = new Set();

function writeOnceATurn(connection) {
  const flush = connection.flush.bind(connection);
  const flushAtOnce = () => {
    const stream = connection.transport.socket?._socket;
    stream?.cork();
    flush();
    stream?.uncork();
  };
  connection.flush = () => {
    if (connection.transport.name !== 'websocket') return flush();
    if (!flushes.size) setImmediate(flushAll);
    flushes.add(flushAtOnce);
  };
}

function flushAll() {
  const now = [...flushes];
  flushes.clear();
  for (const flushAtOnce of now) flushAtOnce();
}

io.on('connection', async (socket) => {
  const user = socket.data.user;
  if (IS_PATCHED) writeOnceATurn(socket.conn);
  const memberships = pool.query({ ...rooms, values: [user] });
  socket.on('message', async ({ conversationId, clientId, body }, acknowledge) => {
    if (!socket.rooms.has(conversationId)) await memberships;
    if (!socket.rooms.has(conversationId)) return acknowledge({ error: { code: 'not_found' } });
    try {
      const { id, createdAt } = await store([conversationId, user, clientId, body]);
      io.to(conversationId).emit('message', { id, conversationId, senderId: user, clientId, body, createdAt });
      acknowledge({ id, createdAt });
    } catch (error) {
      acknowledge({ error: { code: error.code === '23505' ? 'repeat' : 'internal' } });
    }
  });
  for (const { conversation_id: id } of (await memberships).rows) socket.join(id);
});

http.listen(0, '127.0.0.1', () => console.error(`port ${http.address().port}`));
