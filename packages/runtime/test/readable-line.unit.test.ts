import { describe, expect, test } from 'vitest';
import { readableLine } from '../src/readable-line.ts';

const common = { level: 30, time: 1_795_880_699_362, process: 'api', pid: 13_196, hostname: 'here' };

describe('a line for people', () => {
  test('has the process, what happened, and its facts', () => {
    const line = { ...common, method: 'GET', route: '/users/:id', status: 200, msg: 'request completed' };
    expect(readableLine(line)).toBe('api    request completed  method=GET  route=/users/:id  status=200');
  });

  test('has the long ids last, and is cut off at 120 columns with its time and level', () => {
    const requestId = 'cbb6082c-7351-4a64-96b4-3919d9d77f76';
    const line = { ...common, requestId, reason: 'r'.repeat(50), msg: 'job will be tried again' };
    const text = readableLine(line);
    expect(text).toMatch(/reason=r{50} {2}requestId=/);
    expect('[15:41:02] ERROR: '.length + text.length).toBeLessThanOrEqual(120);
    expect(text.endsWith('…')).toBe(true);
  });

  test('is one line, whatever is in it', () => {
    const text = readableLine({ ...common, reason: '421 go\r\naway', msg: 'two\nlines' });
    expect(text).toBe('api    two lines  reason="421 go\\r\\naway"');
  });

  test('names what an object holds, and quotes what has spaces', () => {
    const report = { outcome: 'sent', attempts: 2, nothing: undefined };
    expect(readableLine({ ...common, process: 'worker', report, reason: 'a b', msg: 'job completed' })).toBe(
      'worker job completed  report.outcome=sent  report.attempts=2  reason="a b"',
    );
  });

  test('has the stack of an error below it', () => {
    const err = { type: 'Error', message: 'broken', stack: 'Error: broken\n    at here' };
    expect(readableLine({ ...common, err, msg: 'API failed' })).toBe(
      'api    API failed\nError: broken\n    at here',
    );
  });
});
