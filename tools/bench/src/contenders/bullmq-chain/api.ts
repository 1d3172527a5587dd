import { randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { openUserQueue } from '../bullmq-queues.ts';
import type { NewUser } from '../welcome-message.ts';

const app = fastify();
const userQueue = openUserQueue();

const schema = {
  body: {
    type: 'object',
    required: ['name', 'email'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 200 },
      email: { type: 'string', maxLength: 254, format: 'email' },
      locale: { type: 'string', enum: ['en', 'pt-BR'] },
    },
    additionalProperties: false,
  },
  response: {
    202: { type: 'object', properties: { id: { type: 'string' }, status: { type: 'string' } } },
  },
};

app.post<{ Body: NewUser }>('/users', { schema }, async (request, reply) => {
  const { name, email } = request.body;
  const id = randomUUID();
  await userQueue.add('create-user', { id, name, email }, { jobId: id });
  return reply.code(202).send({ id, status: 'queued' });
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
