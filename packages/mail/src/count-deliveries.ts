import type { HourlyCounter } from '@backend-jobs/redis';
import type { Result } from './deliveries.ts';
import { registrableDomainOf } from './domain-of.ts';
import type { MailOutcome } from './mail-outcome.ts';
import type { Courier, Mailer } from './mailer.ts';

const resultOf: Partial<Record<MailOutcome['kind'], Result>> = {
  sent: 'taken',
  deferred: 'deferred',
  refused: 'refused',
  suspect: 'refused',
  uncertain: 'uncertain',
};

/** The same mailer, which counts what becomes of the messages by the domain that the recipient's provider has registered. */
export const countDeliveries = (mailer: Mailer, counter: HourlyCounter): Mailer => ({
  ...mailer,
  connect: async () => {
    const connected = await mailer.connect();
    if (connected.kind !== 'connected') return connected;
    const { courier } = connected;
    const counting: Courier = {
      send: async (message) => {
        const outcome = await courier.send(message);
        const result = resultOf[outcome.kind as MailOutcome['kind']];
        if (result) counter.add(`${result} ${registrableDomainOf(message.to)}`);
        return outcome;
      },
      [Symbol.dispose]: () => courier[Symbol.dispose](),
    };
    return { kind: 'connected', courier: counting };
  },
});
