import { randomUUID } from 'node:crypto';
import express from 'express';
import { makeWorkerUtils } from 'graphile-worker';
import { jobOptions, openPool } from './database.ts';

const utils = await makeWorkerUtils({ pgPool: openPool(10) });
const app = express();
app.use(express.json());

app.post('/users', async (request, response) => {
  const { name, email } = request.body;
  if (!name || !email) {
    response.status(400).json({ error: 'name and email are required' });
    return;
  }
  const id = randomUUID();
  await utils.addJob('create_user', { id, name, email }, jobOptions);
  response.status(202).json({ id, status: 'queued' });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
