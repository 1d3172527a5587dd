import { type Job, Worker } from 'bullmq';
import { createTransport } from 'nodemailer';
import { connection, type NewUserWithId, openEmailQueue } from '../bullmq-queues.ts';
import { type NewUser, welcomeMessage } from '../welcome-message.ts';
import { ownerKey } from './owner-key.ts';

const { SMTP_URL = '', CONCURRENCY = '20' } = process.env;
const concurrency = Number(CONCURRENCY);
const { hostname: host, port } = new URL(SMTP_URL);
const transporter = createTransport({ pool: true, maxConnections: concurrency, host, port: Number(port) });
const emailQueue = openEmailQueue();

/** Each step may run twice: the address stays with the one who came first, and the id of the email's job is known. */
const createUser = async ({ data: { id, name, email } }: Job<NewUserWithId>) => {
  const isFirst = await connection.set(ownerKey(email), id, 'NX');
  if (!isFirst && (await connection.get(ownerKey(email))) !== id) return { rejected: 'email-taken' };
  await connection.hset(`user:${id}`, { name, email, createdAt: new Date().toISOString() });
  await emailQueue.add('send-welcome-email', { name, email }, { jobId: `welcome-${id}` });
  return { created: id };
};

const sendWelcomeEmail = async ({ data }: Job<NewUser>) => {
  await transporter.sendMail(welcomeMessage(data));
};

const workers = [
  new Worker('users', createUser, { connection, concurrency }),
  new Worker('emails', sendWelcomeEmail, { connection, concurrency }),
];
const onError = ({ message }: Error) => process.stderr.write(`${message}\n`);
for (const worker of workers) worker.on('error', onError).on('failed', (_, error) => onError(error));

process.once('SIGTERM', async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  process.exit();
});
