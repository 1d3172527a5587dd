import { createServer } from 'node:http';
import { listenAsSink } from './smtp-sink.ts';

/**
 * Run by `startSink` as a program of its own. Over HTTP it tells how many messages it has taken, and when (`GET
 * /?nth=1,500`), and forgets them (`DELETE /`). Times are of the machine's one monotonic clock, which all processes
 * share.
 */
const { SMTP_PORT, CONTROL_PORT, DELAY_MS } = process.env;
let takenAtMs: number[] = [];

await listenAsSink({
  port: Number(SMTP_PORT),
  delayMs: Number(DELAY_MS),
  onTaken: () => takenAtMs.push(Number(process.hrtime.bigint()) / 1e6),
});

createServer(({ method, url }, response) => {
  if (method === 'DELETE') takenAtMs = [];
  const nth = new URL(url ?? '', 'http://sink').searchParams.get('nth')?.split(',') ?? [];
  const times = nth.map((ordinal) => takenAtMs[Number(ordinal) - 1] ?? null);
  response.end(JSON.stringify({ count: takenAtMs.length, times }));
}).listen(Number(CONTROL_PORT), '127.0.0.1');
