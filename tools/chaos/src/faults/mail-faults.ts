import type { SmtpScript } from '@backend-jobs/local-services';
import type { MailPart } from '../parts.ts';
import type { Fault } from './fault.ts';

type Kind = Pick<Fault<MailPart>, 'appearance' | 'mayCopy'> & { lastsMs?: Fault<MailPart>['lastsMs'] };

/** Makes a fault in which the server follows the script. `left` returns for how many ms the fault still lasts. */
const scripted = (
  kind: Kind,
  script: (left: () => number, part: MailPart) => SmtpScript,
): Fault<MailPart> => ({
  lastsMs: [500, 4_000],
  recoversFrom: 'end',
  ...kind,
  start: (part, lastsMs) => {
    const untilMs = Date.now() + lastsMs;
    part.server.script = script(() => Math.max(0, untilMs - Date.now()), part);
  },
  repair: ({ server }) => {
    server.script = {};
  },
});

/** It may last longer than a client in a hurry would wait. */
const silence: Kind = { appearance: 'silent', mayCopy: false, lastsMs: [500, 13_000] };
const refusal: Kind = { appearance: 'refusing', mayCopy: false };
const drop: Kind = { appearance: 'dropping', mayCopy: false };

const busy = { code: 421, message: 'Service not available' };
const later = { code: 451, message: 'Try again later' };
const unknown = { code: 550, message: '5.1.1 No such mailbox' };

/** The server refuses one of every five addresses, always the same ones. */
const isUnknown = (address: string): boolean => Number(/\d+/.exec(address)?.[0]) % 5 === 0;

export const mailFaults: Record<string, Fault<MailPart>> = {
  'refusing connections': {
    lastsMs: [500, 5_000],
    appearance: 'refusing',
    mayCopy: true,
    recoversFrom: 'end',
    start: async ({ server, wires }) => {
      await Promise.all([server.stop(), ...wires.map((wire) => wire.stop())]);
    },
    repair: async ({ server, wires }) => {
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
  // A drop from a promise happens after the 354: the client has begun to send the message.
  'dropping before the final dot': scripted(drop, () => ({ onData: async () => 'drop' as const })),
  'dropping after the final dot': scripted({ ...drop, mayCopy: true }, () => ({ onFinalDot: () => 'drop' })),
  'one byte a second': {
    lastsMs: [3_000, 15_000],
    appearance: 'silent',
    mayCopy: true,
    recoversFrom: 'end',
    start: ({ wires }) => {
      for (const wire of wires) wire.replyPaceMs = 1_000;
    },
    repair: ({ wires }) => {
      for (const wire of wires) wire.replyPaceMs = 0;
    },
  },
};
