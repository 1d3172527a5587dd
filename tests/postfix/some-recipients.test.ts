import { postfixConfig } from '@backend-jobs/local-services';
import { describe, expect } from 'vitest';
import { addresses, countStatuses, timeDelivery, untilOneCopyEach } from './support/deliveries.ts';
import { type MailService, test } from './support/mail-service.ts';

/** Good ones with the bad ones spread evenly among them, so that none of either are served first. */
const spread = (good: readonly string[], bad: readonly string[]): string[] => {
  const every = Math.floor(good.length / bad.length);
  return good.flatMap((address, index) => {
    const turn = index % every === 0 ? bad[index / every] : undefined;
    return turn === undefined ? [address] : [turn, address];
  });
};

/** Each at a domain of its own, but for those that are slow: these share one domain, by subdomains. */
const badAddresses = (kind: string, count: number): string[] =>
  kind === 'slow'
    ? Array.from({ length: count }, (_, index) => `slow.${index}@host${index}.slow.example`)
    : addresses(kind, count, count);

/** Two whole services, to be timed at the same time: what else the machine does holds up both. */
const openTwo = (open: () => Promise<MailService>) => Promise.all([open(), open()]);

describe('what Postfix says of some recipients is not held against the others', () => {
  test.for([
    ['code421', { failed: 0, cause: 'Come back later' }],
    ['code450', { failed: 0, cause: 'The mailbox is busy' }],
    ['code454', { failed: 0, cause: 'No mail for this one now' }],
    ['code550', { failed: 60, cause: 'No such mailbox' }],
    ['slow', { failed: 0, cause: '' }],
  ] as const)(
    '300 messages go at half their rate or better beside 60 of %s',
    async ([kind, expected], { open }) => {
      const [service, other] = await openTwo(() => open(postfixConfig.faultyRecipients));
      const good = addresses('good', 300);
      const bad = badAddresses(kind, 60);
      const together = spread(good, bad);
      const [beside, alone] = await Promise.all([
        timeDelivery(service, together, { awaited: good }),
        timeDelivery(other, addresses('alone', 300)),
      ]);
      expect(beside.tookMs).toBeLessThanOrEqual(2 * alone.tookMs);
      await untilOneCopyEach(service.postfix, good);

      const badIds = beside.ids.filter((_, index) => bad.includes(together[index] as string));
      const failed = async () => (await countStatuses(service.world, badIds)).failed ?? 0;
      await expect.poll(failed).toBe(expected.failed);
      await expect.poll(() => service.world.log).toContain(expected.cause);
    },
  );

  test('three of them do not stop a worker that sends two at a time', async ({ open }) => {
    const env = { EMAILS_CONCURRENCY: '2' };
    const [service, other] = await openTwo(() => open(postfixConfig.faultyRecipients, env));
    const good = addresses('good', 60);
    const bad = ['code421', 'code454', 'code450'].flatMap((kind) => badAddresses(kind, 1));
    const [beside, alone] = await Promise.all([
      timeDelivery(service, [...bad, ...good], { awaited: good }),
      timeDelivery(other, addresses('alone', 60)),
    ]);
    expect(beside.tookMs).toBeLessThanOrEqual(2 * alone.tookMs);
  });
});
