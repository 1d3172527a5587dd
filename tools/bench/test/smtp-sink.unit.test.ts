import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort } from '@backend-jobs/local-services';
import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SmtpSession } from '../src/sink/smtp-session.ts';
import { listenAsSink } from '../src/sink/smtp-sink.ts';

/** A session without a network: what it answered, and how many messages it took. */
const openSession = (delayMs = 0) => {
  const heard = { answers: '', taken: 0, isOver: false };
  const session = new SmtpSession({
    delayMs,
    onTaken: () => {
      heard.taken += 1;
    },
    write: (answer) => {
      heard.answers += answer;
    },
    end: () => {
      heard.isOver = true;
    },
  });
  heard.answers = '';
  return { session, heard };
};

const codes = (answers: string) => answers.match(/^\d{3}(?= )/gm);

test('answers a pipelined talk in the order in which it was asked', () => {
  const { session, heard } = openSession();
  session.receive('EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhello\r\n.\r\nRSET\r\nQUIT\r\n');
  expect(codes(heard.answers)).toEqual(['250', '250', '250', '354', '250', '250', '221']);
  expect(heard).toMatchObject({ taken: 1, isOver: true });
});

test('takes each message once, wherever the network cuts it', () => {
  const talk = 'DATA\r\nhello\r\n..\r\n.hidden\r\n.\r\nDATA\r\n.\r\nNOOP\r\n';
  for (let cut = 1; cut < talk.length; cut++) {
    const { session, heard } = openSession();
    session.receive(talk.slice(0, cut));
    session.receive(talk.slice(cut));
    expect(codes(heard.answers), `cut at ${cut}`).toEqual(['354', '250', '354', '250', '250']);
    expect(heard.taken).toBe(2);
  }
});

test('takes a message after the delay, and answers what was sent behind it only then', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { session, heard } = openSession(100);
  session.receive('DATA\r\nhello\r\n.\r\nNOOP\r\nWHAT\r\n');
  vi.advanceTimersByTime(99);
  expect(heard).toMatchObject({ answers: '354 go on\r\n', taken: 0 });
  vi.advanceTimersByTime(1);
  expect(codes(heard.answers)).toEqual(['354', '250', '250', '500']);
  expect(heard.taken).toBe(1);
});

const listenForTest = async () => {
  const port = await freePort();
  const heard = { taken: 0 };
  const server = await listenAsSink({
    port,
    delayMs: 0,
    onTaken: () => {
      heard.taken += 1;
    },
  });
  onTestFinished(() => {
    server.close();
  });
  return { port, heard };
};

test('is a mail server to nodemailer, on connections that are used again', async () => {
  const { port, heard } = await listenForTest();
  const transport = createTransport({ pool: true, maxConnections: 2, host: '127.0.0.1', port });
  onTestFinished(() => transport.close());
  const mail = { from: 'a@example.com', subject: 'Welcome', html: '<p>Olá</p>', text: 'Olá\n.\n' };
  const send = (_: unknown, index: number) => transport.sendMail({ ...mail, to: `b${index}@example.com` });
  await Promise.all(Array.from({ length: 10 }, send));
  expect(heard.taken).toBe(10);
});

test('hangs up after it was told to quit', async () => {
  const { port } = await listenForTest();
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('QUIT\r\n');
  expect(await text(socket)).toBe('220 sink ESMTP\r\n221 bye\r\n');
});
