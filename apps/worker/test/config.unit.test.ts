import { readEnvironment } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { WorkerConfig } from '../src/config.ts';

const read = (from: string) =>
  readEnvironment(WorkerConfig, {
    REDIS_URL: 'redis://127.0.0.1',
    SMTP_URL: 'smtp://127.0.0.1',
    MAIL_FROM: from,
  });

describe('MAIL_FROM', () => {
  test.for([
    'us@example.com',
    'us+welcome@bücher.example',
    'Us <us@example.com>',
    '"Us, Inc." <us@example.com>',
    'Zoë, Inc. <us@example.com>',
  ])('may be %s', (from) => {
    expect(read(from).MAIL_FROM).toBe(from);
  });

  test.for([
    'us',
    'Us <us@example.com',
    'us@example.com>',
    'Us (us@example.com)',
    'a@example.com, b@example.com',
    'A <a@example.com>, B <b@example.com>',
    'büro@example.com',
  ])('may not be %s', (from) => {
    expect(() => read(from)).toThrow(/MAIL_FROM must match/);
  });
});
