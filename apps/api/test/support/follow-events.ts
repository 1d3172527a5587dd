interface ReceivedEvent {
  event: string;
  id: string;
  data: Record<string, unknown> & { status?: string; welcomeEmail?: { status: string } };
}

export interface Following {
  response: Response;
  /** What has come so far, the comments aside. */
  events: ReceivedEvent[];
  text(): string;
  /** Resolves when the response has ended, and rejects when the connection broke. */
  ended: Promise<void>;
  leave(): void;
}

/** Follows a stream of server-sent events, as a browser's `EventSource` does, but once: it does not come again. */
export const followEvents = async (url: string, headers: Record<string, string> = {}): Promise<Following> => {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const events: ReceivedEvent[] = [];
  let text = '';
  const read = async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      const piece = decoder.decode(bytes, { stream: true });
      text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      events.push(...blocks.map(parse).filter((event) => event !== undefined));
    }
  };
  const ended = read();
  ended.catch(() => {}); // for those who do not wait for the end
  return { response, events, text: () => text, ended, leave: () => leaving.abort() };
};

const parse = (block: string): ReceivedEvent | undefined => {
  const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { event: fields.get('event') ?? 'message', id: fields.get('id') ?? '', data: JSON.parse(data) };
};
