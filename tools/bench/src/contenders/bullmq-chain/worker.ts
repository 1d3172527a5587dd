import { type Job, Worker } from 'bullmq';
import { createTransport } from 'nodemailer';
import { connection, type NewUserWithId, openEmailQueue } from '../bullmq-queues.ts';
import { type NewUser, welcomeMessage } from '../welcome-message.ts';

const { SMTP_URL = '', CONCURRENCY = '20' } = process.env;
const concurrency = Number(CONCURRENCY);
const { hostname: host, port } = new URL(SMTP_URL);
const transporter = createTransport({ pool: true, maxConnections: concurrency, host, port: Number(port) });
const emailQueue = openEmailQueue();

const createUser = async ({ data: { id, name, email } }: Job<NewUserWithId>) => {
  await connection.hset(`user:${id}`, { name, email, createdAt: new Date().toISOString() });
  await emailQueue.add('send-welcome-email', { name, email }, { jobId: `welcome-${id}` });
};

const sendWelcomeEmail = async ({ data }: Job<NewUser>) => {
  await transporter.sendMail(welcomeMessage(data));
};

const workers = [
  new Worker('users', createUser, { connection, concurrency }),
  new Worker('emails', sendWelcomeEmail, { connection, concurrency }),
];

process.once('SIGTERM', async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  process.exit();
});
