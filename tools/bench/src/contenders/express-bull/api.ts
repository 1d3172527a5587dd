import express from 'express';
import { userQueue } from './queues.ts';

const app = express();
app.use(express.json());

app.post('/users', async (request, response) => {
  const { name, email } = request.body;
  if (!name || !email) {
    response.status(400).json({ error: 'name and email are required' });
    return;
  }
  const job = await userQueue.add({ name, email });
  response.status(202).json({ id: job.id, status: 'queued' });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
