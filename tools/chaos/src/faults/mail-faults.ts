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
const relayDenied = { code: 554, message: '5.7.1 Relay access denied' };
const greylisted = { code: 450, message: '4.2.0 Greylisted' };
/** A terminal would take the first characters for a command. */
const flood = { code: 451, message: `\u009b2J\u001b[2J ${'x'.repeat(200_000)}` };

/** A fifth of the addresses, always the same ones. */
const isOfFifth = (fifth: number, address: string): boolean => Number(/\d+/.exec(address)?.[0]) % 5 === fifth;
const isUnknown = (address: string): boolean => isOfFifth(0, address);
const isUnlucky = (address: string): boolean => isOfFifth(1, address);

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
  // Postfix says at RCPT TO what it has against the client or the sender, so these are about the service.
  'relaying denied to everybody': scripted(refusal, () => ({ onRcptTo: () => relayDenied })),
  'a refusal of everybody without a reason': scripted(refusal, () => ({
    onRcptTo: () => ({ code: 550, message: 'No' }),
  })),
  '421 to some recipients': scripted(refusal, () => ({
    onRcptTo: (address) => (isUnlucky(address) ? busy : undefined),
  })),
  '454 to some recipients': scripted(refusal, () => ({
    onRcptTo: (address) => (isUnlucky(address) ? { code: 454, message: '4.7.1 Not now' } : undefined),
  })),
  greylisting: scripted({ ...refusal, lastsMs: [4_000, 20_000] }, () => {
    const met = new Set<string>();
    return {
      onRcptTo: (address) => {
        if (met.has(address)) return;
        met.add(address);
        return greylisted;
      },
    };
  }),
  'three connections at most': scripted({ ...refusal, lastsMs: [2_000, 10_000] }, (_, { server }) => ({
    onConnect: () => (server.connections.open > 3 ? { ...busy, message: '4.7.0 Too many' } : undefined),
  })),
  'a reply of 200,000 characters': scripted(refusal, () => ({ onRcptTo: () => flood })),
  // Longer than the fault itself: the repair does not hasten the replies that are under way.
  'a greeting after 6 s': scripted({ ...silence, lastsMs: [1_000, 10_000] }, () => ({
    onConnect: () => 6_000,
  })),
  '11 s for each recipient': scripted({ ...silence, lastsMs: [1_000, 10_000] }, () => ({
    onRcptTo: () => 11_000,
  })),
  '12 s for each message': scripted({ ...silence, lastsMs: [1_000, 10_000] }, () => ({
    onFinalDot: () => 12_000,
  })),
  'closing idle connections': {
    lastsMs: [5_000, 15_000],
    appearance: 'dropping',
    mayCopy: false,
    recoversFrom: 'end',
    start: ({ server }) => {
      server.idleTimeoutMs = 300;
    },
    repair: ({ server }) => {
      server.idleTimeoutMs = undefined;
    },
  },
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
