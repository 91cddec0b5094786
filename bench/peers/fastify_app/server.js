// Fastify with ioredis: commands of one pass of the loop leave together, one script a request.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const CAP = 10_000_000;
const TTL_SECONDS = 86_400;
const expected = Buffer.from(process.env.KEY_DIGEST.replace('sha256:', ''), 'hex');
const lua = (name) => readFileSync(new URL(`../${name}.lua`, import.meta.url), 'utf8');

const redis = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });
redis.defineCommand('takeIn', { numberOfKeys: 1, lua: lua('create') });
redis.defineCommand('takeOut', { numberOfKeys: 2, lua: lua('redeem') });

const text = { type: 'string' };
const answers = (properties) => ({
  schema: {
    response: {
      200: { type: 'object', properties },
      '4xx': { type: 'object', properties: { detail: text } },
    },
  },
});

function mayCreate(header = '') {
  const digest = createHash('sha256').update(header.replace(/^Bearer /, '')).digest();
  return timingSafeEqual(digest, expected);
}

const app = Fastify({ logger: false });

const created = answers({
  session_id: text,
  expires_in_minutes: { type: 'integer' },
  expires_in_seconds: { type: 'integer' },
  iframe_url: text,
  storage: text,
});
app.post('/auth/create-session', created, async (request, reply) => {
  if (!mayCreate(request.headers.authorization)) {
    return reply.code(401).send({ detail: 'no such key' });
  }
  const id = randomBytes(32).toString('base64url');
  if (!(await redis.takeIn('sessions:active', id, CAP, TTL_SECONDS))) {
    return reply.code(429).send({ detail: 'too many sessions' });
  }
  return {
    session_id: id,
    expires_in_minutes: TTL_SECONDS / 60,
    expires_in_seconds: TTL_SECONDS,
    iframe_url: `/client/iframe.html?session_id=${id}`,
    storage: 'redis',
  };
});

const redeemed = answers({
  valid: { type: 'boolean' },
  message: text,
  session_id: text,
  storage: text,
});
app.get('/auth/validate-session', redeemed, async (request, reply) => {
  const id = request.query.session_id;
  if (!(await redis.takeOut('sessions:active', `session:used:${id}`, id))) {
    return reply.code(401).send({ detail: 'no such session' });
  }
  return { valid: true, message: 'The session is valid.', session_id: id, storage: 'redis' };
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
