import { once } from 'node:events';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { isPortFree, type SmtpScript, type SmtpServerOptions, startSmtpServer } from '../src/index.ts';

const mail = {
  from: 'service@example.com',
  to: 'ada@example.com',
  subject: 'Welcome',
  text: 'Hello\n.\nand on',
};

const startForTest = async (options: SmtpServerOptions = {}) => {
  const server = await startSmtpServer(options);
  onTestFinished(() => server.stop());
  const send = (more: object = {}) =>
    createTransport({ url: server.url, tls: { rejectUnauthorized: false }, ...more }).sendMail(mail);
  return { server, send };
};

/** Sends a mail under the script. Returns how that failed, and how often the server received the mail. */
const outcomeUnder = async (script: SmtpScript, more: object = {}) => {
  const { server, send } = await startForTest({ script });
  const error = await send(more).catch((failure: { code?: string; responseCode?: number }) => failure);
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return { code, responseCode, received: server.messages.length };
};

test('it keeps the messages that it receives', async () => {
  const { server, send } = await startForTest();
  const sentAtMs = Date.now();
  await send({ headers: { 'X-Long': 'word '.repeat(40).trim() } });
  await send();
  const [message] = server.to('ada@example.com');
  expect(message).toMatchObject({ from: 'service@example.com', to: ['ada@example.com'] });
  expect(message?.raw).toContain('Hello\r\n.\r\nand on');
  expect(message?.header('SUBJECT')).toBe('Welcome');
  expect(message?.header('No-Such-Header')).toBeUndefined();
  expect(message?.receivedAtMs).toBeGreaterThanOrEqual(sentAtMs);
  expect(server.connections.total).toBe(2);
});

test.for([
  ['onConnect', 421],
  ['onMailFrom', 451],
  ['onRcptTo', 550],
  ['onData', 552],
  ['onFinalDot', 554],
] as const)('%s can refuse with %i', async ([hook, responseCode]) => {
  const refused = await outcomeUnder({ [hook]: () => ({ code: responseCode, message: 'No' }) });
  expect(refused).toMatchObject({ responseCode, received: 0 });
});

test.for(['onConnect', 'onMailFrom', 'onRcptTo', 'onData'] as const)(
  '%s can drop the connection before the message has arrived',
  async (hook) => {
    expect(await outcomeUnder({ [hook]: () => 'drop' })).toMatchObject({ code: 'ECONNECTION', received: 0 });
    const later = await outcomeUnder({ [hook]: async () => 'drop' });
    expect(later).toMatchObject({ code: expect.stringMatching(/ECONNECTION|ESOCKET/), received: 0 });
  },
);

test('the connection can be dropped after the message was received, without a reply', async () => {
  const dropped = await outcomeUnder({ onFinalDot: () => 'drop' });
  expect(dropped).toMatchObject({ code: 'ECONNECTION', responseCode: undefined, received: 1 });
});

test.for(['onMailFrom', 'onRcptTo', 'onData', 'onFinalDot'] as const)(
  '%s can stop responding',
  async (hook) => {
    // Longer than a busy machine holds up the steps before the hook.
    const impatient = { socketTimeout: 1_000 };
    const { code, received } = await outcomeUnder({ [hook]: () => Number.POSITIVE_INFINITY }, impatient);
    expect(code).toBe('ETIMEDOUT');
    expect(received).toBe(hook === 'onFinalDot' ? 1 : 0);
  },
);

test('a delay only delays', async () => {
  const { server, send } = await startForTest({
    script: { onRcptTo: () => 150, onFinalDot: async () => 150 },
  });
  const startedAt = Date.now();
  await send();
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(295);
  expect(server.messages).toHaveLength(1);
});

test('a script can be changed, and can distinguish connections and recipients', async () => {
  const { server, send } = await startForTest();
  server.script = {
    onRcptTo: (_, { connection }) => (connection === 1 ? { code: 451, message: 'Later' } : undefined),
  };
  await expect(send()).rejects.toMatchObject({ responseCode: 451 });
  await send();
  server.script = {
    onRcptTo: (address) => (address === 'ada@example.com' ? { code: 550, message: 'No' } : undefined),
  };
  await expect(send()).rejects.toMatchObject({ responseCode: 550 });
});

test('it restarts on its port with the messages that it had', async () => {
  const { server, send } = await startForTest();
  await send();
  const client = connect(server.port, '127.0.0.1').on('error', () => {});
  await once(client, 'data');
  const dropped = once(client, 'close');
  await server.stop();
  await dropped;
  expect(await isPortFree(server.port)).toBe(true);
  await expect(send()).rejects.toMatchObject({ code: 'ESOCKET' });
  await server.restart();
  await send();
  expect(server.messages).toHaveLength(2);
});

test('only the right password is accepted', async () => {
  const { server, send } = await startForTest({ auth: { user: 'us er', password: 'p@ss/word' } });
  await send();
  const guess = createTransport({
    port: server.port,
    host: '127.0.0.1',
    auth: { user: 'us er', pass: 'guess' },
  });
  await expect(guess.sendMail(mail)).rejects.toMatchObject({ responseCode: 535 });
  expect(server.messages).toHaveLength(1);
});

test.for(['starttls', 'implicit'] as const)('a connection can be encrypted: %s', async (tls) => {
  const secure: boolean[] = [];
  const script: SmtpScript = { onMailFrom: (_, dialogue) => void secure.push(dialogue.secure) };
  const { server, send } = await startForTest({ tls, script, auth: { user: 'user', password: 'password' } });
  await send({ requireTLS: true });
  expect(secure).toEqual([true]);
  server.script = { onFinalDot: () => 'drop' };
  await expect(send()).rejects.toThrow();
  expect(server.messages).toHaveLength(2);
});
