import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import { type RedisReply, RedisStore } from 'rate-limit-redis';
import * as z from 'zod';
import { connection, openUserQueue } from '../bullmq-queues.ts';
import { ownerKey } from './owner-key.ts';

const { PORT, RATE_LIMIT = '1000000' } = process.env;
const userQueue = openUserQueue();

const NewUser = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(254),
  locale: z.enum(['en', 'pt-BR']).default('en'),
});

const sendProblem = (response: Response, status: number, title: string, more: object = {}): void => {
  response
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title, status, ...more });
};

/** One line for each response, without the headers, and in the background. */
const requestLog = pinoHttp({
  logger: pino(pino.destination({ sync: false })),
  genReqId: () => randomUUID(),
  serializers: {
    req: ({ id, method, url }) => ({ id, method, url }),
    res: ({ statusCode }) => ({ statusCode }),
  },
});

const limit = rateLimit({
  windowMs: 1_000,
  limit: Number(RATE_LIMIT),
  standardHeaders: 'draft-6',
  legacyHeaders: false,
  store: new RedisStore({
    sendCommand: (command: string, ...args: string[]) =>
      connection.call(command, ...args) as Promise<RedisReply>,
  }),
  handler: (_, response) => sendProblem(response, 429, 'Too many requests'),
});

const onError: ErrorRequestHandler = (error, request, response, _next) => {
  const { status = 500 } = error as { status?: number };
  if (status >= 500) request.log.error(error);
  sendProblem(response, status, status < 500 ? 'The request could not be read' : 'Something went wrong');
};

const app = express();
app.disable('etag'); // nobody asks again for what a POST was answered with
app.use(requestLog, helmet());

app.post('/users', limit, express.json({ limit: '16kb' }), async (request, response) => {
  const newUser = NewUser.safeParse(request.body);
  if (!newUser.success) {
    const errors = newUser.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
    return sendProblem(response, 400, 'The request is not valid', { errors });
  }
  const { name, email } = newUser.data;
  if (await connection.exists(ownerKey(email))) return sendProblem(response, 409, 'The address is taken');
  const id = randomUUID();
  await userQueue.add('create-user', { id, name, email }, { jobId: id });
  const self = `/users/${id}`;
  response.status(202).location(self).json({ id, status: 'queued', links: { self } });
});

app.use(onError);
app.listen(Number(PORT), '127.0.0.1');
