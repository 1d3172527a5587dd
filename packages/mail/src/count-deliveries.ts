import type { HourlyCounter } from '@backend-jobs/redis';
import { aroundSend } from './around-send.ts';
import type { Result } from './deliveries.ts';
import { registrableDomainOf } from './domain-of.ts';
import type { MailOutcome } from './mail-outcome.ts';
import type { Mailer } from './mailer.ts';

const resultOf: Partial<Record<MailOutcome['kind'], Result>> = {
  sent: 'taken',
  deferred: 'deferred',
  refused: 'refused',
  suspect: 'refused',
  uncertain: 'uncertain',
};

/** The same mailer, which counts what becomes of the messages by the domain that the recipient's provider has registered. */
export const countDeliveries = (mailer: Mailer, counter: HourlyCounter): Mailer =>
  aroundSend(mailer, async (message, send) => {
    const outcome = await send();
    const result = resultOf[outcome.kind as MailOutcome['kind']];
    if (result) counter.add(`${result} ${registrableDomainOf(message.to)}`);
    return outcome;
  });
