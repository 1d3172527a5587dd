import { connect } from 'node:net';
import { percentile } from '../statistics.ts';
import { AnswerReader } from './answer-reader.ts';
import type { LoadOrder, LoadResult } from './load.ts';

/**
 * Run by `putLoad` as a program of its own: signs up over HTTP as fast as the answers come, each time somebody else. It
 * does so on bare sockets, because it shares the processors with the services that it loads.
 */
const { url, connections, tag, until, ignoreFirstMs } = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;

/** How long an answer may take. */
const patienceMs = 10_000;

/** Another one for each number below 2^32, in no order: addresses do not come to an index one beside the other. */
const mixed = (number: number): string =>
  (Math.imul(number, 2_654_435_761) >>> 0).toString(36).padStart(7, '0');

const bodyOf = (number: number): string =>
  `{"name":"Ada Lovelace","email":"${mixed(number)}.${tag}@example.com","locale":"en"}`;

const { hostname, port, host } = new URL(url);
const head = `${[
  'POST /users HTTP/1.1',
  `Host: ${host}`,
  'Content-Type: application/json',
  `Content-Length: ${bodyOf(0).length}`,
].join('\r\n')}\r\n\r\n`;

const startedAtMs = performance.now();
const most = 'requests' in until ? until.requests : Number.POSITIVE_INFINITY;
const endsAtMs = 'seconds' in until ? startedAtMs + until.seconds * 1_000 : Number.POSITIVE_INFINITY;

let sent = 0;
let accepted = 0;
let firstAtMs = 0;
let lastAtMs = 0;
let firstCpu = process.cpuUsage();
const durationsMs: number[] = [];

const countAnswer = (sentAtMs: number): void => {
  accepted += 1;
  lastAtMs = performance.now();
  if (lastAtMs - startedAtMs < ignoreFirstMs) return;
  if (durationsMs.length === 0) {
    firstAtMs = lastAtMs;
    firstCpu = process.cpuUsage();
  }
  durationsMs.push(lastAtMs - sentAtMs);
};

const fail = (reason: string): never => {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
};

/** One read at a time is under way in this process, so that all connections can share this. */
const buffer = Buffer.allocUnsafe(64 * 1_024);

/** One client: its next request goes out as soon as it has its answer. */
const startClient = (onEnd: () => void): void => {
  const reader = new AnswerReader();
  let sentAtMs = 0;
  const receive = (length: number): boolean => {
    const answer = reader.receive(buffer.toString('latin1', 0, length));
    if (!answer) return true;
    if (answer.status !== 202) fail(`It was answered: ${answer.text}`);
    countAnswer(sentAtMs);
    if (answer.isLast) {
      leave();
      startClient(onEnd);
    } else signUp();
    return true;
  };
  const socket = connect({ host: hostname, port: Number(port), onread: { buffer, callback: receive } });
  const signUp = (): void => {
    if (sent >= most || performance.now() >= endsAtMs) {
      leave();
      onEnd();
      return;
    }
    sent += 1;
    sentAtMs = performance.now();
    socket.write(head + bodyOf(sent), 'latin1');
  };
  const leave = (): void => {
    socket.removeAllListeners('close').destroy();
  };
  socket.setNoDelay().setTimeout(patienceMs, () => fail(`No answer came within ${patienceMs} ms`));
  socket.on('error', ({ message }) => fail(message));
  socket.on('close', () => fail('A connection was closed before its answer came'));
  socket.once('connect', signUp);
};

const report = (): void => {
  const cpu = process.cpuUsage(firstCpu);
  const sorted = Float64Array.from(durationsMs).sort();
  const result: LoadResult = {
    accepted,
    acceptedPerSecond: ((sorted.length - 1) * 1_000) / (lastAtMs - firstAtMs),
    p99Ms: percentile(sorted, 0.99),
    processorUs: (cpu.user + cpu.system) / sorted.length,
  };
  process.stdout.write(JSON.stringify(result));
};

let clients = connections;
for (let client = 0; client < connections; client++) {
  startClient(() => {
    clients -= 1;
    if (clients === 0) report();
  });
}
