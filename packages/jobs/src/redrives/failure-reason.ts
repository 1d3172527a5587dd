/** Longer ones are cut: what a server replies may be of any length. */
const longest = 300;

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const url = /\bhttps?:\/\/\S+/gi;
const ipv6 = /\[?\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b\]?/gi;
const host = /\b(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}\b(?::\d+)?/gi;
/** Weekday, month and time zone, as in the dates of RFC 5322. */
const dateWord =
  /\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|gmt|utc)\b,?/gi;
/** A queue id of a mail server, or a session's: letters and digits mixed. */
const word = /\b\w[\w-]{3,}\w\b/g;
const isMixed = (text: string): boolean => /\d/.test(text) && /[a-z]/i.test(text);
const digits = /[+-]?\d+(?:[.:,/+-]\d+)*/g;

/**
 * What the failures of one cause have in common: `reason` without what differs from one to the next, such as ids, hosts,
 * dates and numbers. The status code at the beginning (RFC 5321 and 3463) stays.
 *
 * `550 5.1.1 4bXyZ19q: no such user (in mx3.example.com)` becomes `550 5.1.1 …: no such user (in …)`.
 */
export const groupReason = (reason: string): string => {
  const short = reason.slice(0, longest);
  const [code = ''] = /^\s*\d{3}(?:[ -]+\d\.\d{1,3}\.\d{1,3})?(?!\d)/.exec(short) ?? [];
  const rest = short
    .slice(code.length)
    .replaceAll(url, '…')
    .replaceAll(uuid, '…')
    .replaceAll(ipv6, '…')
    .replaceAll(host, '…')
    .replaceAll(dateWord, '…')
    .replaceAll(word, (text) => (isMixed(text) ? '…' : text))
    .replaceAll(digits, '…')
    .replaceAll(/…(?:[\s…]*…)+/g, '…')
    .replaceAll(/\s+/g, ' ');
  return `${code.replaceAll(/[ -]+/g, ' ')}${rest}`.trim() || 'no reason given';
};
