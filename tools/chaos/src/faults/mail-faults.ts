import type { SmtpScript } from '@backend-jobs/local-services';
import type { MailPart } from '../parts.ts';
import type { Fault } from './fault.ts';

type Making = Pick<Fault<MailPart>, 'appearance' | 'mayCopy'> & { lastsMs?: Fault<MailPart>['lastsMs'] };

/** The server does what the script says; `left` is how many ms the fault will still last. */
const scripted = (
  making: Making,
  script: (left: () => number, part: MailPart) => SmtpScript,
): Fault<MailPart> => ({
  lastsMs: [500, 4_000],
  healsFrom: 'mend',
  ...making,
  start: (part, lastsMs) => {
    const untilMs = Date.now() + lastsMs;
    part.server.script = script(() => Math.max(0, untilMs - Date.now()), part);
  },
  mend: ({ server }) => {
    server.script = {};
  },
});

/** Beyond what a client in a hurry would wait for. */
const silence: Making = { appearance: 'silent', mayCopy: false, lastsMs: [500, 13_000] };
const refusal: Making = { appearance: 'refusing', mayCopy: false };
const drop: Making = { appearance: 'dropping', mayCopy: false };

const busy = { code: 421, message: 'Service not available' };
const later = { code: 451, message: 'Try again later' };
const unknown = { code: 550, message: '5.1.1 No such mailbox' };

/** Of every five addresses the server says that it does not know one, each time the same. */
const isUnknown = (address: string): boolean => Number(/\d+/.exec(address)?.[0]) % 5 === 0;

export const mailFaults: Record<string, Fault<MailPart>> = {
  'refusing connections': {
    lastsMs: [500, 5_000],
    appearance: 'refusing',
    mayCopy: true,
    healsFrom: 'mend',
    start: async ({ server, wires }) => {
      await Promise.all([server.stop(), ...wires.map((wire) => wire.stop())]);
    },
    mend: async ({ server, wires }) => {
      await server.restart();
      await Promise.all(wires.map((wire) => wire.restart()));
    },
  },
  'silent before the greeting': scripted(silence, (left) => ({ onConnect: left })),
  'silent at MAIL FROM': scripted(silence, (left) => ({ onMailFrom: left })),
  'silent at RCPT TO': scripted(silence, (left) => ({ onRcptTo: left })),
  'silent at DATA': scripted({ ...silence, mayCopy: true }, (left) => ({ onData: left })),
  'silent after the final dot': scripted({ ...silence, mayCopy: true }, (left) => ({ onFinalDot: left })),
  '421 in place of the greeting': scripted(refusal, () => ({ onConnect: () => busy })),
  '421 at MAIL FROM': scripted(refusal, () => ({ onMailFrom: () => busy })),
  '451 at RCPT TO': scripted({ ...refusal, lastsMs: [200, 1_500] }, () => ({ onRcptTo: () => later })),
  '550 at RCPT TO': scripted(refusal, (_, { refused }) => ({
    onRcptTo: (address) => {
      if (!isUnknown(address)) return;
      refused.add(address);
      return unknown;
    },
  })),
  'dropping before the message': scripted(drop, () => ({ onData: () => 'drop' })),
  // From a promise it comes after the 354: the message is on its way, and not taken.
  'dropping before the final dot': scripted(drop, () => ({ onData: async () => 'drop' as const })),
  'dropping after the final dot': scripted({ ...drop, mayCopy: true }, () => ({ onFinalDot: () => 'drop' })),
  'one byte a second': {
    lastsMs: [3_000, 15_000],
    appearance: 'silent',
    mayCopy: true,
    healsFrom: 'mend',
    start: ({ wires }) => {
      for (const wire of wires) wire.replyPaceMs = 1_000;
    },
    mend: ({ wires }) => {
      for (const wire of wires) wire.replyPaceMs = 0;
    },
  },
};
