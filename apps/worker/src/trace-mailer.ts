import type { Courier, Mailer } from '@backend-jobs/mail';
import type { Tracing } from '@backend-jobs/telemetry';

/**
 * Has a span for each dialogue with the mail server about one message. It says how the dialogue ended, and nothing of
 * what was said: that a message is refused is no error of this span, but of the run of its job.
 */
export const traceMailer = (mailer: Mailer, tracing: Tracing, host: string): Mailer => {
  const span = {
    name: 'SMTP send',
    attributes: { 'network.protocol.name': 'smtp', 'server.address': host },
    attributesOf: ({ kind }: { kind: string }) => ({ 'mail.result': kind === 'sent' ? 'taken' : kind }),
  };
  const traceCourier = (courier: Courier): Courier => ({
    send: (message) => tracing.client(span, () => courier.send(message)),
    [Symbol.dispose]: () => courier[Symbol.dispose](),
  });
  return {
    connect: async () => {
      const connected = await mailer.connect();
      if (connected.kind !== 'connected') return connected;
      return { ...connected, courier: traceCourier(connected.courier) };
    },
    close: () => mailer.close(),
  };
};
