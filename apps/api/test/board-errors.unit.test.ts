import { JobIsActiveError } from '@backend-jobs/jobs';
import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import { toBoardError } from '../src/dashboard/board-errors.ts';

test.for([
  { error: new JobIsActiveError('Job 17 is being processed'), status: 409, message: /^Job 17 is being/ },
  { error: new ReplyError('OOM command not allowed'), status: 503, message: /^Redis can not be reached/ },
  { error: new Error('anything else'), status: 500, message: /^anything else$/ },
])('the dashboard answers $status to $error.message', ({ error, status, message }) => {
  expect(toBoardError(error)).toMatchObject({ status, body: { message: expect.stringMatching(message) } });
});
