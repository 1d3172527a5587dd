import { pino } from 'pino';
import { expect, test } from 'vitest';
import { errorFacts, messageOf } from '../src/error-facts.ts';
import { errorLogging } from '../src/logger.ts';

const person = { name: 'Zerubbabel', email: 'zerubbabel@example.com' };

const thrownBy = (fail: () => unknown): Error => {
  try {
    fail();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

test('an error is its type, message, code and stack, and nothing else that a library has put on it', () => {
  const error = Object.assign(new RangeError('OOM command not allowed'), {
    code: 'EOOM',
    command: { name: 'evalsha', args: Object.values(person) },
  });
  const facts = errorFacts(error);
  expect(Object.keys(facts)).toEqual(['type', 'message', 'code', 'stack']);
  expect(facts).toMatchObject({ type: 'RangeError', message: 'OOM command not allowed', code: 'EOOM' });
  expect(facts.stack).toMatch(/^RangeError: OOM command not allowed\n +at .*error-facts/);
});

test('its causes follow the same rule, and end', () => {
  const cause = Object.assign(new Error('inner'), { command: person, code: person });
  const error = new Error('outer', { cause });
  cause.cause = error;
  const facts = errorFacts(error);
  expect(facts.cause).toMatchObject({ message: 'inner', cause: { message: 'outer' } });
  expect(facts.cause?.cause?.cause?.cause).toMatchObject({ message: 'outer' });
  expect(facts.cause?.cause?.cause?.cause).not.toHaveProperty('cause');
  expect(JSON.stringify(facts)).not.toMatch(/zerubbabel/i);
});

test.for([person, person.email, undefined, null])(
  'what is thrown and is no error is not shown: %j',
  (thrown) => {
    const message = 'something was thrown that is no error';
    expect(errorFacts(thrown)).toEqual({ type: typeof thrown, message });
  },
);

test.for([
  ['a word', 'EOOM', { code: 'EOOM' }],
  ['a number', 42, { code: 42 }],
  ['anything else', person, {}],
] as const)('a code is shown if it is %s, a person never', ([, code, shown]) => {
  const error = Object.assign(new Error('failed'), { code, stack: 'Error: failed' });
  expect(errorFacts(error)).toEqual({ type: 'Error', message: 'failed', ...shown });
});

test.for([
  [`{"name":"Zerubbabel`, /^Unterminated string/],
  [`{"name":Zerubbabel}`, /^Unexpected token '.' is not valid JSON$/],
  ['zerubbabel@example.com', /^Unexpected token '.' is not valid JSON$/],
  [`{"email":"zerubbabel@example.com"x "and more, so that only a part of it is shown"}`, /JSON/],
] as const)('what JSON.parse quotes of a text is left out: %s', ([text, remains]) => {
  const error = thrownBy(() => JSON.parse(text));
  expect(messageOf(error)).toMatch(remains);
  expect(JSON.stringify(errorFacts(error))).not.toMatch(/zerubbabel/i);
});

test('what Redis quotes of a command that it does not know is left out', () => {
  const reply = Object.assign(
    new Error("ERR unknown command 'evalsha', with args beginning with: 'zerubbabel@example.com' "),
    { name: 'ReplyError' },
  );
  expect(messageOf(reply)).toBe("ERR unknown command 'evalsha'");
  expect(JSON.stringify(errorFacts(reply))).not.toMatch(/zerubbabel/i);
});

test('a line of the message that looks like one of the stack is not shown', () => {
  const error = new Error(
    "ERR unknown command 'x', with args beginning with: '\n    at zerubbabel@example.com",
  );
  error.name = 'ReplyError';
  expect(errorFacts(error).stack).toMatch(/^ReplyError: ERR unknown command 'x'\n +at .*error-facts/);
});

test('a log line has no more of an error, however it is passed to the logger', () => {
  const lines: string[] = [];
  const logger = pino(errorLogging, { write: (line) => lines.push(line) });
  const quoting = thrownBy(() => JSON.parse('zerubbabel@example.com'));
  const error = Object.assign(quoting, { command: { args: Object.values(person) } });
  logger.error(error);
  logger.error({ err: error });
  logger.child({}).error(error, error.message);
  logger.error({ err: error, requestId: 'r1' }, 'request failed');
  logger.info({ requestId: 'r2' }, 'of %s', 'something else');
  expect(lines.join()).not.toMatch(/zerubbabel/i);
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    ...Array(3).fill("Unexpected token 'z' is not valid JSON"),
    'request failed',
    'of something else',
  ]);
  expect(JSON.parse(lines[3] as string)).toMatchObject({ requestId: 'r1', err: { type: 'SyntaxError' } });
});
