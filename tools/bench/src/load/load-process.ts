import autocannon from 'autocannon';
import { percentile } from '../statistics.ts';
import type { LoadOrder, LoadResult } from './load.ts';

/** Run by `putLoad` as a program of its own: signs up over HTTP as fast as the answers come, each time somebody else. */
const { url, connections, tag, until, ignoreFirstMs } = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;

/** Another one for each number below 2^32, in no order: addresses do not come to an index one beside the other. */
const mixed = (number: number): string =>
  (Math.imul(number, 2_654_435_761) >>> 0).toString(36).padStart(7, '0');

let number = 0;
const options: autocannon.Options = {
  url,
  connections,
  sampleInt: 100, // it only ends at the end of a sample
  ...('requests' in until ? { amount: until.requests } : { duration: until.seconds }),
  requests: [
    {
      method: 'POST',
      path: '/users',
      headers: { 'content-type': 'application/json' },
      setupRequest: (request) => {
        number += 1;
        const body = `{"name":"Ada Lovelace","email":"${mixed(number)}.${tag}@example.com","locale":"en"}`;
        return { ...request, body };
      },
    },
  ],
};

const startedAtMs = performance.now();
let firstAtMs = 0;
let lastAtMs = 0;
const durationsMs: number[] = [];
const others: Record<number, number> = {};

const onResponse = (_: autocannon.Client, status: number, _bytes: number, durationMs: number) => {
  lastAtMs = performance.now();
  if (status !== 202) others[status] = (others[status] ?? 0) + 1;
  if (lastAtMs - startedAtMs < ignoreFirstMs) return;
  if (durationsMs.length === 0) firstAtMs = lastAtMs;
  durationsMs.push(durationMs);
};

const instance = autocannon(options, (error: unknown, { errors, timeouts, '2xx': accepted }) => {
  if (error || errors > 0 || timeouts > 0 || Object.keys(others).length > 0) {
    process.stderr.write(`${error ?? `${errors} errors, answers ${JSON.stringify(others)}`}\n`);
    process.exit(1);
  }
  const sorted = Float64Array.from(durationsMs).sort();
  const result: LoadResult = {
    accepted,
    acceptedPerSecond: ((sorted.length - 1) * 1_000) / (lastAtMs - firstAtMs),
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  };
  process.stdout.write(JSON.stringify(result));
});
instance.on('response', onResponse);
