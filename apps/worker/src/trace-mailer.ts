import { aroundSend, type Mailer } from '@backend-jobs/mail';
import type { Tracing } from '@backend-jobs/telemetry';

/**
 * Makes a span for each dialogue with the mail server about one message. It says how the dialogue ended, and nothing of
 * what was said. A message that is refused is no error of this span, but of the run of its job.
 */
export const traceMailer = (mailer: Mailer, tracing: Tracing, host: string): Mailer => {
  const span = {
    name: 'SMTP send',
    attributes: { 'network.protocol.name': 'smtp', 'server.address': host },
    attributesOf: ({ kind }: { kind: string }) => ({ 'mail.result': kind === 'sent' ? 'taken' : kind }),
  };
  return aroundSend(mailer, (_message, send) => tracing.client(span, send));
};
