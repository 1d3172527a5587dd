import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import { welcomeMessage } from '../welcome-message.ts';
import { emailQueue, userQueue } from './queues.ts';

const { REDIS_URL = '', SMTP_URL = '', CONCURRENCY } = process.env;
const concurrency = Number(CONCURRENCY ?? 1);
const users = new Redis(REDIS_URL);
const { hostname: host, port } = new URL(SMTP_URL);

// As the tutorial has it. Whoever raises the concurrency finds out about the pool, too.
const transporter =
  CONCURRENCY === undefined
    ? createTransport({ host, port: Number(port) })
    : createTransport({ pool: true, maxConnections: concurrency, host, port: Number(port) });

userQueue.process(concurrency, async (job) => {
  const { name, email } = job.data;
  await users.hset(`user:${job.id}`, { name, email, createdAt: new Date().toISOString() });
  await emailQueue.add({ name, email });
});

emailQueue.process(concurrency, async (job) => {
  await transporter.sendMail(welcomeMessage(job.data));
});
