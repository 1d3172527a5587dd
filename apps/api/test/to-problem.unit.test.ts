import { DatabaseFault, DatabaseOutage } from '@backend-jobs/postgres';
import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import { toProblem } from '../src/problems/to-problem.ts';

/** As PostgreSQL's client tells it. */
const fault = (code: string) => new DatabaseFault({ code, message: 'what it says' } as never);

test.for([
  {
    error: new ReplyError('OOM command not allowed'),
    kind: 'unavailable',
    detail: /^The queue is temporarily/,
  },
  { error: new DatabaseOutage('gone'), kind: 'unavailable', detail: /^The database is temporarily/ },
  { error: fault('23503'), kind: 'still-referenced', detail: /^$/ },
  { error: fault('23505'), kind: 'internal-error', detail: /^$/ },
  { error: new Error('anything else'), kind: 'internal-error', detail: /^$/ },
])('an error of $error.name, "$error.message", is $kind to a client', ({ error, kind, detail }) => {
  const problem = toProblem(error);
  expect(problem.kind).toBe(kind);
  expect(problem.message).toMatch(detail);
});
