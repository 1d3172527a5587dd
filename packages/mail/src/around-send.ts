import type { Courier, Mailer } from './mailer.ts';
import type { Message } from './message.ts';

type Outcome = Awaited<ReturnType<Courier['send']>>;

/** The same mailer, with `around` about each message: it calls `send` once, and returns what that returned. */
export const aroundSend = (
  mailer: Mailer,
  around: (message: Message, send: () => Promise<Outcome>) => Promise<Outcome>,
): Mailer => ({
  connect: async () => {
    const connected = await mailer.connect();
    if (connected.kind !== 'connected') return connected;
    const { courier } = connected;
    return {
      kind: 'connected',
      courier: {
        send: (message) => around(message, () => courier.send(message)),
        [Symbol.dispose]: () => courier[Symbol.dispose](),
      },
    };
  },
  close: () => mailer.close(),
});
