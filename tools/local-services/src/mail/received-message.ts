/** A message that an SMTP server was handed whole. */
export interface ReceivedMessage {
  /** The envelope's sender; empty for a bounce. */
  from: string;
  /** The envelope's recipients. */
  to: string[];
  /** Headers and body as they came, dots unstuffed. */
  raw: string;
  /** When its final dot came, as of `Date.now()`. */
  receivedAtMs: number;
  /** The first header of this name, unfolded, its encoded words left as they are. */
  header(name: string): string | undefined;
}

export const receivedMessage = (facts: Omit<ReceivedMessage, 'header'>): ReceivedMessage => ({
  ...facts,
  header: (name) => readHeaders(facts.raw).get(name.toLowerCase()),
});

/** RFC 5322, 2.2: a line that begins with a blank goes on with the one before. */
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
