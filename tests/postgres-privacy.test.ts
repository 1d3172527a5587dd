import { freePort, startSmtpServer } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { databaseRefusals } from './support/database-refusals.ts';
import { startOtlpSink } from './support/otlp-sink.ts';
import { test as base } from './support/own-postgres.ts';
import { readEverything } from './support/read-everything.ts';
import { World } from './support/world.ts';

const traces = /zerubbabel|quillfeather/i;
const person = (index: number | string) => ({
  name: 'Zerubbabel Quillfeather',
  email: `zerubbabel.${index}@quillfeather-canary.example`,
});
const patience = { timeout: 25_000, interval: 100 };

/** A world that is measured and traced, and tables that a team has put beside those of the service. */
const test = base.extend('watched', { scope: 'file' }, async ({ postgres, redis, sql }, { onCleanup }) => {
  const opened = new AsyncDisposableStack();
  onCleanup(() => opened.disposeAsync());
  await sql('CREATE TABLE wanted (email_key text PRIMARY KEY); CREATE TABLE short (text varchar(3))');
  const [smtp, sink] = await Promise.all([startSmtpServer(), startOtlpSink()]);
  opened.defer(() => Promise.all([smtp.stop(), sink.stop()]).then(() => {}));
  const ports = [await freePort(), await freePort()].map(String);
  const world = new World(
    {
      NODE_ENV: 'test',
      LOG_LEVEL: 'debug',
      REDIS_URL: redis.serviceUrl,
      DATABASE_URL: postgres.url,
      SMTP_URL: smtp.url,
      SHUTDOWN_TIMEOUT: '5s',
      DRAIN_DELAY: '0s',
      RATE_LIMIT: 'off',
      RATE_LIMIT_PER_MAILBOX: 'off',
      RECONCILE_INTERVAL: '1s',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_TRACES_SAMPLER_ARG: '1',
    },
    smtp,
    redis.url,
  );
  opened.defer(() => world.stop());
  await world.startApi({ env: { METRICS_PORT: ports[0] as string } });
  await world.startWorker({ METRICS_PORT: ports[1] as string });
  const connection = new Redis(redis.url);
  opened.defer(() => connection.disconnect());
  const scrape = () =>
    Promise.all(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  return { world, sink, connection, scrape };
});

/** That it is away is logged once. A refusal with some codes is taken for that. */
const untilBack = (world: World): Promise<void> => {
  const count = (message: string) => world.log.split(`"msg":"PostgreSQL is ${message}"`).length;
  const countAway = async () => {
    await fetch(`${world.apiUrl}/readyz`);
    return count('away') - count('back');
  };
  return expect.poll(countAway, patience).toBe(0);
};

test.for(Object.entries(databaseRefusals))(
  'what PostgreSQL says when it refuses by %s comes into no log, response, job, metric or trace',
  { timeout: 120_000 },
  async ([name, { begin, end }], { watched: { world, sink, connection, scrape }, sql }) => {
    const index = name.replaceAll(' ', '-');
    await world.operate('PUT', '/queues/users/resume');
    await untilBack(world);
    const before = world.log.length;
    const log = () => world.log.slice(before);
    await world.signUp(person(`${index}.earlier`).email, person(`${index}.earlier`));
    await expect.poll(() => world.smtp.to(person(`${index}.earlier`).email), patience).toHaveLength(1);

    await world.operate('PUT', '/queues/users/pause');
    const id = await world.signUp(person(index).email, person(index));
    await sql(begin('users'));
    await world.operate('PUT', '/queues/users/resume');
    await expect
      .poll(log, patience)
      .toMatch(new RegExp(`"jobId":"${id}".*PostgreSQL refused|"process":"worker".*"PostgreSQL is away"`));
    await world.operate('PUT', '/queues/users/pause');
    await sql(end('users'));

    // The row that waits has the person in `new_user`.
    const refuses = !/foreign key|index/.test(name);
    if (refuses) {
      await sql(begin('sign_ups'));
      const response = await world.post(person(`${index}.refused`));
      expect(response.status).toBeGreaterThanOrEqual(500);
      expect(await response.text()).not.toMatch(traces);
      await sql(end('sign_ups'));
    }

    for (const status of ['latest', 'delayed', 'failed']) {
      const page = await world.operate('GET', `/queues?activeQueue=users&status=${status}&page=1`);
      expect(await page.text()).not.toMatch(traces);
    }
    expect(log()).not.toMatch(traces);
    const inRedis = [...(await readEverything(world, connection))].filter(
      ([place]) => !place.startsWith('table ') && !place.includes(':deliveries:'),
    );
    expect(inRedis.flat().join('\n')).not.toMatch(traces);
    expect((await scrape()).join('\n')).not.toMatch(traces);
    expect(sink.received()).not.toMatch(traces);
    await world.operate('PUT', '/queues/users/resume');
  },
);
