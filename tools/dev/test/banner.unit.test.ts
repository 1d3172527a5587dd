import { expect, test } from 'vitest';
import { banner } from '../src/banner.ts';

const facts = {
  apiUrl: 'http://127.0.0.1:3000',
  mailboxUrl: 'http://127.0.0.1:1080',
  databaseUrl: undefined,
  admin: { user: 'admin', password: 'choose-your-own' },
  freshEmail: 'ada.1@example.com',
};

test('whoever has the Redis of `npm start` sees the line that runs the doctor against it', () => {
  const text = banner({ ...facts, redisUrl: 'redis://127.0.0.1:16379' });
  expect(text).toContain('\n  REDIS_URL=redis://127.0.0.1:16379 npm run doctor\n');
});

test('a Redis that was there before is not named: its URL may have a password', () => {
  expect(banner({ ...facts, redisUrl: undefined })).not.toContain('REDIS_URL');
});

test('whoever has a PostgreSQL of `npm start` sees how to look into it, and the doctor gets it, too', () => {
  const databaseUrl = 'postgres://postgres@127.0.0.1:15432/postgres';
  const text = banner({ ...facts, redisUrl: 'redis://127.0.0.1:16379', databaseUrl });
  expect(text).toContain(`\n  psql ${databaseUrl}\n`);
  expect(text).toContain(` DATABASE_URL=${databaseUrl} npm run doctor\n`);
});
