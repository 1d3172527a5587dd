/** A message that an SMTP server received completely. */
export interface ReceivedMessage {
  /** The sender in the envelope; empty for a bounce. */
  from: string;
  /** The recipients in the envelope. */
  to: string[];
  /** Headers and body as they arrived, with the dots unstuffed. */
  raw: string;
  /** When its final dot arrived, as `Date.now()` counts. */
  receivedAtMs: number;
  /** Returns the first header of this name, unfolded. Encoded words are not decoded. */
  header(name: string): string | undefined;
}

export const receivedMessage = (facts: Omit<ReceivedMessage, 'header'>): ReceivedMessage => ({
  ...facts,
  header: (name) => readHeaders(facts.raw).get(name.toLowerCase()),
});

/** A line that begins with a space or a tab continues the line before it (RFC 5322, 2.2). */
const readHeaders = (raw: string): Map<string, string> => {
  const [head = ''] = raw.split(/\r?\n\r?\n/, 1);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
};
