import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import {
  type MailOutcome,
  type Message,
  openSmtpLine,
  readableReply,
  type SmtpSettings,
  type TranscriptLine,
} from '@backend-jobs/mail';
import { adviceForConnecting, adviceForSending } from './mail-advice.ts';
import type { Finding } from './report.ts';

/**
 * Connects to the mail server as the worker does, and reports step by step what it found. Sends `message` if there is
 * one. It ends with the first step that fails. No finding holds a secret.
 */
export async function* examineMail(
  settings: SmtpSettings,
  message: Message | undefined,
): AsyncGenerator<Finding> {
  const { host, port } = settings;
  try {
    yield { step: 'name', found: await resolve(host) };
  } catch (error) {
    return yield { step: 'name', failed: reasonOf(error), advice: adviceForConnecting('name') };
  }
  const dialogue = new Dialogue();
  const opening = openSmtpLine(settings, { onClose: () => {}, onTranscript: dialogue.add });
  const opened = await opening.catch((error: unknown) => ({ error }));
  yield* dialogue.findings(settings);
  if ('error' in opened) {
    const step = dialogue.stepOf(opened.error);
    return yield {
      step,
      failed: `${host}:${port}: ${reasonOf(opened.error)}`,
      advice: adviceForConnecting(step),
    };
  }
  yield { step: 'TLS', found: opened.encryption === 'none' ? 'none: mail goes in clear' : opened.encryption };
  yield { step: 'login', found: settings.auth ? `as ${settings.auth.user}` : 'none: SMTP_URL has no user' };
  if (message) {
    const outcome = await opened.send(message, { isLastTry: true });
    yield outcome.kind === 'sent'
      ? { step: 'sending', found: 'the server has taken the message' }
      : sendingFailed(outcome as Exclude<MailOutcome, { kind: 'sent' }>);
  } else {
    yield { step: 'sending', found: 'not tried: add --send to send one welcome email' };
  }
  opened.close();
}

const sendingFailed = ({ kind, reason }: Exclude<MailOutcome, { kind: 'sent' }>): Finding => ({
  step: 'sending',
  failed: `${kind}: ${reason}`,
  advice: adviceForSending(kind),
});

const resolve = async (host: string): Promise<string> => {
  if (isIP(host)) return `${host} is an address`;
  const addresses = await lookup(host, { all: true });
  return `${host} is ${addresses.map(({ address }) => address).join(', ')}`;
};

const reasonOf = (error: unknown): string => {
  const { code, message, response } = error as Error & { code?: string; response?: string };
  return readableReply(response ?? `${code ?? 'error'}: ${message}`, '');
};

/** What was said until the connection was ready, or failed. */
class Dialogue {
  readonly #startedAtMs = performance.now();
  readonly #lines: (TranscriptLine & { atMs: number })[] = [];

  readonly add = (line: TranscriptLine): void => {
    this.#lines.push({ ...line, atMs: performance.now() - this.#startedAtMs });
  };

  *findings({ ehloName }: SmtpSettings): Generator<Finding> {
    const greeting = this.#lines.find(({ speaker }) => speaker === 'server');
    if (!greeting?.text.startsWith('2')) return;
    const seconds = (greeting.atMs / 1_000).toFixed(1);
    yield { step: 'greeting', found: `after ${seconds} s: ${readableReply(greeting.text, '')}` };
    const extensions = this.#extensions();
    if (extensions) yield { step: 'EHLO', found: `as ${ehloName}; the server offers ${extensions}` };
  }

  /** The step that an error ended. */
  stepOf(error: unknown): string {
    const { code } = error as { code?: string };
    if (code === 'EAUTH') return 'login';
    if (code === 'ETLS' || this.#lines.some(({ text }) => text.startsWith('STARTTLS'))) return 'TLS';
    if (this.#lines.some(({ speaker }) => speaker === 'client')) return 'EHLO';
    return this.#lines.length > 0 || (error as { timeoutType?: string }).timeoutType
      ? 'greeting'
      : 'connection';
  }

  /** Of the last EHLO, which is the one within TLS. */
  #extensions(): string | undefined {
    const asked = this.#lines.findLastIndex(
      ({ speaker, text }) => speaker === 'client' && text.startsWith('EHLO'),
    );
    const reply = this.#lines.slice(asked + 1).find(({ speaker }) => speaker === 'server');
    if (asked === -1 || !reply?.text.startsWith('2')) return undefined;
    const [, ...lines] = reply.text.split(/\r?\n/);
    return lines.map((line) => readableReply(line.slice(4), '')).join(', ') || 'no extension';
  }
}
