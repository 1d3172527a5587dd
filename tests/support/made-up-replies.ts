import type { RawReply, SmtpPhase } from '@backend-jobs/local-services';
import fc from 'fast-check';

/** One reply of a mail server in a few words, since its bytes may be a million. */
interface MadeUpReply {
  code: string;
  enhanced: string;
  words: Word[];
  /** The words are one word. Those that are addresses are left out then, since nobody could find them in it. */
  isOneWord: boolean;
  /** The words are repeated until a line is so long. */
  length: number;
  lines: number;
  lineEnd: string;
  encoding: 'latin1' | 'utf8';
  /** What the server says beyond its reply. */
  surplus: string;
  pieces: number;
  everyMs: number;
  ends: RawReply['ends'];
}

/** A text as it is, or a way to write the recipient's address. */
type Word = string | ((local: string, domain: string) => string);

const wholeAddresses: Word[] = [
  (local, domain) => `<${local}@${domain}>`,
  (local, domain) => `${local}@${domain}`,
  (local, domain) => `"${local}"@${domain}`,
  (local, domain) => `${local}@${domain}`.toUpperCase(),
  (local, domain) => `${encodeURIComponent(local)}%40${domain}`,
  (local, domain) => `${local}=40${domain}`,
  (local, domain) => `(${local}&#64;${domain}):`,
  (local, domain) => `<@relay.example:${local}@${domain}>`,
  (local, domain) => `bounce+${local}=${domain}@relay.example`,
  (local, domain) => `mailto:${local}@${domain}?subject=x`,
];

const partsOfAddresses: Word[] = [
  (local) => local,
  (local) => `'${local}'`,
  (_, domain) => domain,
  (_, domain) => `mx1.${domain}.`,
  (local, domain) => `bounce-${local}=${domain}`,
  (local, domain) => `${local} at ${domain}`,
];

const longest = 1_000_000;
/** A little less than the 64 KiB of a reply that the worker reads. */
const longestRead = 60_000;

const oneIn = <Value>(times: number, odd: fc.Arbitrary<Value>, usual: Value) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd });

/** As often below 10 as from 10 to 100, and so on. */
const upTo = (powerOfTen: number) =>
  fc.double({ min: 0, max: powerOfTen, noNaN: true }).map((power) => Math.floor(10 ** power));

const code = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 200, max: 599 }).map(String) },
  { weight: 8, arbitrary: fc.constantFrom('250', '354', '421', '450', '451', '503', '550', '554') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '000',
      '100',
      '25',
      '2500',
      '600',
      '5e2',
      'Ok',
      '-550',
      ' 250',
      '٢٥٠',
    ),
  },
);

const enhanced = fc.oneof(
  fc.constantFrom('', '2.0.0 ', '4.2.0 ', '4.3.2 ', '5.1.1 ', '5.7.1 ', '5.1.8 ', '5.4.4 '),
  fc.tuple(fc.nat(9), fc.nat(99), fc.nat(9_999)).map((numbers) => `${numbers.join('.')} `),
);

const text = fc.oneof(
  fc.constantFrom('Ok', 'no', 'a', '-', '.', '@', '%', '=', '(', '"', '\\', '<', '…', '250-', '\t', '\r'),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const replyWith = (addresses: Word[]): fc.Arbitrary<MadeUpReply> =>
  fc.record({
    code,
    enhanced,
    words: fc.array(fc.oneof<fc.Arbitrary<Word>[]>(text, fc.constantFrom(...addresses)), {
      minLength: 1,
      maxLength: 6,
    }),
    isOneWord: oneIn(4, fc.constant(true), false),
    length: oneIn(3, fc.oneof(fc.constant(longestRead), upTo(6)), 1),
    lines: oneIn(4, upTo(5), 1),
    lineEnd: oneIn(8, fc.constantFrom('\n', '\r', '', '\r\n\r\n', '\n\r'), '\r\n'),
    encoding: fc.constantFrom('latin1', 'utf8'),
    surplus: oneIn(
      8,
      fc.constantFrom('250 Ok\r\n', '354 \r\n', '550 5.1.1 no\r\n', '\r\n'.repeat(longest / 2), 'x'),
      '',
    ),
    pieces: oneIn(4, fc.integer({ min: 1, max: 40 }), 1),
    everyMs: oneIn(4, fc.nat(50), 0),
    ends: oneIn<RawReply['ends']>(6, fc.constantFrom('drop', 'reset'), undefined),
  });

/** Before RCPT a server does not know the recipient: an address that it names here is that of an earlier message. */
const anyReply = replyWith(wholeAddresses);
const replyAboutRecipient = replyWith([...wholeAddresses, ...partsOfAddresses]);

/** Of so many replies in a phase one is made up, and the others are good. */
const madeUpOneIn: [SmtpPhase, number, fc.Arbitrary<MadeUpReply>][] = [
  ['greeting', 8, anyReply],
  ['EHLO', 10, anyReply],
  ['MAIL', 10, anyReply],
  ['RCPT', 4, replyAboutRecipient],
  ['DATA', 6, replyAboutRecipient],
  ['message', 4, replyAboutRecipient],
  ['RSET', 6, anyReply],
  ['QUIT', 4, anyReply],
];

/** Returns, at each call, the next reply in a phase; `undefined` is a good one. For the same seed they are the same. */
export const makeUpReplies = (seed: number) => {
  const streams = new Map(
    madeUpOneIn.map(([phase, times, reply], index) => {
      const replies = oneIn<MadeUpReply | undefined>(times, reply, undefined);
      return [phase, fc.sample(replies, { seed: seed + index, numRuns: 500 }).values()];
    }),
  );
  return (phase: SmtpPhase, recipient = 'somebody@quillfeather-elsewhere.example'): RawReply | undefined => {
    const reply = streams.get(phase)?.next().value;
    return reply && toRawReply(reply, recipient);
  };
};

const toRawReply = (reply: MadeUpReply, recipient: string): RawReply => {
  const { code, enhanced, words, isOneWord, length, lineEnd, encoding, surplus, pieces, everyMs, ends } =
    reply;
  const [local = '', domain = ''] = recipient.split('@');
  const line = isOneWord
    ? words.filter((word) => typeof word === 'string').join('')
    : words.map((word) => `${typeof word === 'string' ? word : word(local, domain)} `).join('');
  const text = line.repeat(Math.ceil(length / Math.max(1, line.length)));
  const lines = Math.max(1, Math.min(reply.lines, longest / (text.length + 10)));
  const before = `${code}-${enhanced}${text}${lineEnd}`.repeat(lines - 1);
  const bytes = Buffer.from(`${before}${code} ${enhanced}${text}${lineEnd}${surplus}`, encoding);
  return { bytes, pieces, everyMs, ends };
};
