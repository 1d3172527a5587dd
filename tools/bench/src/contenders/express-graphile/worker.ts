import { run, type Task } from 'graphile-worker';
import { createTransport } from 'nodemailer';
import { type NewUser, welcomeMessage } from '../welcome-message.ts';
import { jobOptions, type NewUserWithId, openPool } from './database.ts';

const { SMTP_URL = '', CONCURRENCY = '20' } = process.env;
const concurrency = Number(CONCURRENCY);
const { hostname: host, port } = new URL(SMTP_URL);
const transporter = createTransport({ pool: true, maxConnections: concurrency, host, port: Number(port) });
const pgPool = openPool(2 * concurrency + 1);

/** Makes the user and adds the email's job in one statement: both, or none. Run again, it adds nothing. */
const createUser: Task = async (payload) => {
  const { id, name, email } = payload as NewUserWithId;
  await pgPool.query({
    name: 'create-user',
    text: `WITH made AS (
        INSERT INTO users (id, name, email, created_at) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING RETURNING id
      )
      SELECT graphile_worker.add_job('send_welcome_email', $4::json, max_attempts => $5) FROM made`,
    values: [id, name, email, JSON.stringify({ name, email }), jobOptions.maxAttempts],
  });
};

const sendWelcomeEmail: Task = async (payload) => {
  await transporter.sendMail(welcomeMessage(payload as NewUser));
};

// As its page on performance has it, with as many jobs at once as the others: so many of each of two kinds.
const runner = await run({
  pgPool,
  taskList: { create_user: createUser, send_welcome_email: sendWelcomeEmail },
  noHandleSignals: true,
  preset: {
    worker: {
      concurrentJobs: 2 * concurrency,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
});

process.once('SIGTERM', async () => {
  await runner.stop();
  process.exit();
});
