import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { NodemailerError } from 'nodemailer/lib/errors';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailOutcome } from './mail-outcome.ts';
import type { Message } from './message.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { type TranscriptLine, transcribe } from './smtp-transcript.ts';
import { toMailOutcome } from './to-mail-outcome.ts';

const minuteMs = 60_000;

/**
 * How long the worker waits in each phase. RFC 5321, 4.5.3.2 asks for 5 min for the greeting, MAIL and RCPT, 2 min for
 * DATA, 3 min for a part of the message and 10 min after its end: a client that gives up early sends a message again
 * which the server was about to take, or had taken. After the end of a message a server may well run a virus scanner.
 *
 * The client's own timer runs while the server says nothing, in whatever phase. One message ends after the sum of all
 * phases, so that a server which sends a byte now and then can't hold a connection for ever.
 */
const waits = {
  connectMs: 30_000,
  greetingMs: 5 * minuteMs,
  silenceMs: 10 * minuteMs,
  messageMs: 25 * minuteMs,
};

/** One reply has 512 characters in a line (RFC 5321, 4.5.3.1.5). Some servers say more; this much is read. */
const longestReplyBytes = 64 * 1024;

type LineOutcome = MailOutcome | { kind: 'interrupted' } | { kind: 'stale' };

/** An open connection to the mail server, with EHLO, TLS and login done. It takes one message after the other. */
export interface SmtpLine {
  readonly isOpen: boolean;
  /** How many messages were tried over it. */
  readonly messages: number;
  /** How it is encrypted, in words for a log. */
  readonly encryption: string;
  /**
   * Sends one message; does not throw. A line that is open afterwards can take the next one. `stale` means that the
   * server had closed a line which was used before: the message is to be sent over another one. The last try has no such
   * excuse.
   */
  send(message: Message, options: { isLastTry: boolean }): Promise<LineOutcome>;
  /**
   * Ends a message that the server has not been handed yet: its `send` resolves with `interrupted`, and the line is
   * closed. A message that is handed over is waited for.
   */
  interrupt(): void;
  /** Says goodbye, and closes the connection. */
  close(): void;
}

/**
 * Opens a connection and does all that comes before a message.
 *
 * @param onClose is called once, when the connection is gone
 * @param onTranscript is called with each line of the dialogue
 * @throws {NodemailerError} when the server can't be reached, greets with a refusal, or fails at EHLO, TLS or login
 */
export const openSmtpLine = async (
  settings: SmtpSettings,
  onClose: () => void,
  onTranscript?: (line: TranscriptLine) => void,
): Promise<SmtpLine> => {
  const connection = await openConnection(settings, onTranscript);
  let messages = 0;
  let interrupt = () => {};
  connection.once('end', onClose);

  const send: SmtpLine['send'] = async (message, { isLastTry }) => {
    const isReused = messages > 0;
    messages += 1;
    const lastReply = connection.lastServerResponse;
    const stream = Readable.from(message.raw, { objectMode: false });
    // Read to its end once the server has been sent the final dot: from then on it may have taken the message.
    const isHandedOver = () => stream.readableEnded;
    const { promise, resolve } = Promise.withResolvers<LineOutcome>();

    const end = (outcome: LineOutcome) => {
      connection.close();
      resolve(outcome);
    };
    const fail = (error: NodemailerError) => {
      const isGoodbye = error.responseCode === 421 && Boolean(error.command?.startsWith('MAIL'));
      const hasNoReply = error.responseCode === undefined && connection.lastServerResponse === lastReply;
      if (isReused && !isLastTry && !isHandedOver() && (isGoodbye || hasNoReply))
        return end({ kind: 'stale' });
      const fault = toMailOutcome(error, { recipient: message.to, isHandedOver: isHandedOver() });
      if (connection.destroyed || error.responseCode === undefined || error.responseCode === 421)
        return end(fault);
      // The server forgets what it has of this message, before the next one.
      connection.reset((resetError) => (resetError ? end(fault) : resolve(fault)));
    };

    interrupt = () => {
      if (!isHandedOver()) end({ kind: 'interrupted' });
    };
    const timer = setTimeout(() => {
      fail(Object.assign(new Error('The dialogue took too long'), { code: 'ETIMEDOUT', command: 'DATA' }));
    }, waits.messageMs);
    connection.send({ from: message.from, to: message.to }, stream, (error) =>
      error ? fail(error) : resolve({ kind: 'sent' }),
    );
    const outcome = await promise;
    clearTimeout(timer);
    interrupt = () => {};
    return outcome;
  };

  return {
    get isOpen() {
      return !connection.destroyed;
    },
    get messages() {
      return messages;
    },
    encryption: encryptionOf(connection),
    send,
    interrupt: () => interrupt(),
    close: () => (connection.destroyed ? undefined : connection.quit()),
  };
};

const openConnection = async (
  settings: SmtpSettings,
  onTranscript?: (line: TranscriptLine) => void,
): Promise<SMTPConnection> => {
  const { host, port, isImplicitTls, auth, tls, ehloName } = settings;
  const connection = new SMTPConnection({
    connection: await openSocket(settings),
    host,
    port,
    secure: isImplicitTls,
    requireTLS: tls.use === 'always' && !isImplicitTls,
    ignoreTLS: tls.use === 'never',
    opportunisticTLS: tls.use === 'when-offered',
    tls: { rejectUnauthorized: tls.isVerified, ...(tls.ca && { ca: tls.ca }) },
    ...(tls.serverName && { servername: tls.serverName }),
    name: ehloName,
    // It would count the time to connect as well, which is over here.
    connectionTimeout: waits.greetingMs,
    greetingTimeout: waits.greetingMs,
    socketTimeout: waits.silenceMs,
    socketCloseTimeout: 1_000,
    maxResponseSize: longestReplyBytes,
    ...(onTranscript && { logger: transcribe(onTranscript), transactionLog: true }),
  });
  try {
    await settled((done) => connection.connect(done), connection);
    if (auth) await logIn(connection, auth);
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.on('error', () => {}); // each message is told by its own callback
  return connection;
};

const openSocket = async ({ host, port }: SmtpSettings): Promise<Socket> => {
  const socket = connect({ host, port, signal: AbortSignal.timeout(waits.connectMs) });
  await once(socket, 'connect');
  return socket;
};

/** The step's callback, or the connection's own error or end, whichever comes first. */
const settled = (step: (done: (error?: Error | null) => void) => void, connection: SMTPConnection) =>
  new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('The server closed the connection')));
    step((error) => (error ? reject(error) : resolve()));
  });

const logIn = async (connection: SMTPConnection, auth: NonNullable<SmtpSettings['auth']>): Promise<void> => {
  // Never on without it: a relay that wants credentials would refuse the mail, and look as if the mail were at fault.
  if (!connection.allowsAuth)
    throw Object.assign(new Error('The server does not offer AUTH, and SMTP_URL has credentials'), {
      code: 'EAUTH',
    });
  await settled(
    (done) => connection.login({ credentials: { user: auth.user, pass: auth.password } }, done),
    connection,
  );
};

const encryptionOf = ({ _socket: socket }: SMTPConnection): string => {
  if (!(socket instanceof TLSSocket)) return 'none';
  const verdict = socket.authorized
    ? 'certificate verified'
    : `certificate not verified: ${socket.authorizationError}`;
  return `${socket.getProtocol()}, ${verdict}`;
};
