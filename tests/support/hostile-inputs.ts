import { readFileSync } from 'node:fs';
import { exchangeRaw } from './raw-http.ts';

/** A request that somebody hostile, or just careless, may send, and what has to become of it. */
export interface HostileInput {
  number: number;
  why: string;
  /** The body of a sign-up. In it `{email}` and `{n}` stand for what is the case's own. */
  body?: Record<string, unknown>;
  /** The body as it is. */
  raw?: string;
  contentType?: string;
  /** All that is sent, byte for byte (Latin-1), where a client can't send it. `{length}` is that of the body. */
  socket?: string;
  status: number;
  /** Of the problem; by default the one that belongs to the status. */
  kind?: string;
  /** What must be among the faults. */
  pointer?: string;
  header?: string;
  /** How many faults are named. */
  faults?: number;
}

export const hostileInputs: HostileInput[] = readFileSync(
  new URL('../hostile-inputs.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line, number) => ({ number, ...JSON.parse(line) }));

export interface Answer {
  status: number;
  type: string;
  /** Parsed, where it is JSON. */
  body: unknown;
}

export const send = async (url: string, input: HostileInput): Promise<Answer> => {
  if (input.socket !== undefined) return sendBytes(url, fill(input.socket, input));
  const response = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'content-type': input.contentType ?? 'application/json' },
    body: fill(input.raw ?? JSON.stringify(input.body), input),
  });
  return toAnswer(response.status, response.headers.get('content-type') ?? '', await response.text());
};

const fill = (text: string, { number }: HostileInput): string =>
  text.replaceAll('{email}', `hostile.${number}@example.com`).replaceAll('{n}', String(number));

const sendBytes = async (url: string, text: string): Promise<Answer> => {
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  const bytes = Buffer.from(text.replace('{length}', String(text.length - bodyAt)), 'latin1');
  const response = (await exchangeRaw(url, bytes)).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const [, status, head = '', body = ''] = /^HTTP\/1\.1 (\d{3}) (.*?)\r\n\r\n(.*)$/s.exec(response) ?? [];
  return toAnswer(Number(status), /^content-type: (.*)$/im.exec(head)?.[1] ?? '', body);
};

const toAnswer = (status: number, type: string, body: string): Answer => ({
  status,
  type,
  body: /[/+]json/.test(type) ? JSON.parse(body) : body,
});
