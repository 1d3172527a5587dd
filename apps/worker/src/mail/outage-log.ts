import type { Logger } from '@backend-jobs/runtime';
import type { MailOutcome } from './mail-outcome.ts';

/** Logs once that no mail can be sent, and once that it can be sent again, however many messages lie between. */
export interface OutageLog {
  record(outcome: MailOutcome): void;
}

export const createOutageLog = (logger: Logger): OutageLog => {
  let isOut = false;
  return {
    record: (outcome) => {
      if (outcome.kind === 'unavailable' && !isOut) {
        logger.error({ reason: outcome.reason }, 'no mail can be sent: the emails wait');
        isOut = true;
      } else if (outcome.kind === 'sent' && isOut) {
        logger.info('mail can be sent again');
        isOut = false;
      }
    },
  };
};
