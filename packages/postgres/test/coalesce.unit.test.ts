import { setImmediate as turn } from 'node:timers/promises';
import { DatabaseError as ServerError } from 'pg';
import { describe, expect, test } from 'vitest';
import { coalesce } from '../src/coalesce.ts';
import { DatabaseFault, DatabaseOutage } from '../src/database-errors.ts';

const fault = (code: string): DatabaseFault => {
  const error = new ServerError('refused', 7, 'error');
  error.code = code;
  return new DatabaseFault(error);
};

/** Statements that end when they are told to, and all that were sent. */
const openStatements = (fail: (inputs: string[]) => unknown = () => undefined) => {
  const sent: string[][] = [];
  const ends: (() => void)[] = [];
  const call = coalesce<string, string>({
    run: async (inputs) => {
      sent.push(inputs);
      await new Promise<void>((resolve) => void ends.push(resolve));
      const error = fail(inputs);
      if (error) throw error;
      return inputs.map((input) => `done ${input}`);
    },
    keysOf: (input) => [input.slice(0, 1)],
    maxRows: 3,
  });
  /** Ends all that are sent, until there are no more. */
  const endAll = async () => {
    for (await turn(); ends.length > 0; await turn()) ends.shift()?.();
  };
  return { sent, ends, call, endAll };
};

describe('calls', () => {
  test('of one turn are one statement, and each gets its own answer', async () => {
    const { sent, call, endAll } = openStatements();
    const answers = Promise.all([call('a'), call('b'), call('c')]);
    await endAll();
    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(await answers).toEqual(['done a', 'done b', 'done c']);
  });

  test('that are too many for two statements wait, and are the next ones', async () => {
    const { sent, ends, call, endAll } = openStatements();
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(call));
    await turn();
    await turn();
    expect(sent).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
    ends.shift()?.();
    await turn();
    expect(sent[2]).toEqual(['g', 'h']);
    await endAll();
    expect(await answers).toHaveLength(8);
  });

  test('that have a key in common are in different statements, in their order', async () => {
    const { sent, call, endAll } = openStatements();
    const answers = Promise.all(['a1', 'b1', 'a2', 'a3', 'c1'].map(call));
    await endAll();
    expect(sent).toEqual([['a1', 'b1', 'c1'], ['a2'], ['a3']]);
    expect(await answers).toHaveLength(5);
  });

  test.for(['22021', '23505', '40P01'])('do not fail for the fault %s of another', async (code) => {
    const { sent, call, endAll } = openStatements((inputs) => inputs.includes('b') && fault(code));
    const answers = Promise.allSettled(['a', 'b', 'c'].map(call));
    await endAll();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(sent.slice(0, 2)).toEqual([['a', 'b', 'c'], ['a']]);
  });

  test('are repeated when they were in the way of others', async () => {
    let conflicts = 3;
    const { call, endAll } = openStatements(() => conflicts-- > 0 && fault('40001'));
    const answer = call('a');
    await endAll();
    expect(await answer).toBe('done a');
  });

  test('all fail when PostgreSQL is away, and are sent once', async () => {
    const { sent, call, endAll } = openStatements(() => new DatabaseOutage('away'));
    const answers = Promise.allSettled(['a', 'b'].map(call));
    await endAll();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sent).toHaveLength(1);
  });
});
