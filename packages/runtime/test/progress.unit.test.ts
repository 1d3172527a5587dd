import { describe, expect, test, vi } from 'vitest';
import { inWords } from '../src/index.ts';
import { Progress, progressText } from '../src/progress.ts';

const audit = { name: 'audit', things: 'sign-ups', total: 5_000 };

describe('progress', () => {
  test.for([
    [1_200, 12_000, 'audit: 1,200 of 5,000 sign-ups (24 %), about 38 s left'],
    [0, 12_000, 'audit: 0 of 5,000 sign-ups (0 %)'],
    [5_000, 12_000, 'audit: 5,000 of 5,000 sign-ups (100 %)'],
    [6_000, 12_000, 'audit: 6,000 of 5,000 sign-ups (100 %)'],
  ] as const)('of %d after %d ms is shown as "%s"', ([done, elapsedMs, text]) => {
    expect(progressText({ ...audit, done, elapsedMs })).toBe(text);
  });

  test('of nothing is all of it', () => {
    expect(progressText({ ...audit, total: 0, done: 0, elapsedMs: 0 })).toBe(
      'audit: 0 of 0 sign-ups (100 %)',
    );
  });

  const collect = (isTTY: boolean) => {
    const shown: string[] = [];
    return { shown, output: { isTTY, write: (text: string) => shown.push(text) > 0 } };
  };

  test('is shown on a terminal in one line, which is gone in the end', async () => {
    const { shown, output } = collect(true);
    const progress = new Progress({ ...audit, output });
    await vi.waitUntil(() => {
      progress.show(100);
      return shown.length > 0;
    });
    progress.end();
    const [first = '', ...others] = shown;
    expect(first.startsWith('\r\x1b[Kaudit: 100 of 5,000 sign-ups (2 %)')).toBe(true);
    expect(first).not.toContain('\n');
    expect(others.at(-1)).toBe('\r\x1b[K');
  });

  test('of what is soon done is not written to a log', () => {
    const { shown, output } = collect(false);
    const progress = new Progress({ ...audit, output });
    for (let done = 0; done <= 5_000; done++) progress.show(done);
    progress.end();
    expect(shown).toEqual([]);
  });
});

test.for([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [200_000_000, '2 d'],
  [-5, '0 s'],
] as const)('%d ms are %s', ([ms, text]) => {
  expect(inWords(ms)).toBe(text);
});
