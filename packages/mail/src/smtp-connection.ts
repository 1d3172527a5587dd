import type { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { NodemailerError } from 'nodemailer/lib/errors';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpSettings } from './smtp-settings.ts';
import { type TranscriptLine, transcribe } from './smtp-transcript.ts';

const minuteMs = 60_000;

/**
 * How long the worker waits in each phase. RFC 5321, 4.5.3.2 asks for 5 min for the greeting, MAIL and RCPT, 2 min for
 * DATA, 3 min for a part of the message and 10 min after its end: a client that gives up early sends a message again
 * which the server was about to take, or had taken. After the end of a message a server may well run a virus scanner.
 *
 * The client's own timer (`silenceMs`) runs while the server says nothing, in whatever phase. What comes before the
 * messages ends after `openMs`, one message after `messageMs` and RSET after `resetMs`, so that a server which sends a
 * byte now and then can't hold a connection for ever.
 */
export const smtpWaits = {
  connectMs: 30_000,
  greetingMs: 5 * minuteMs,
  silenceMs: 10 * minuteMs,
  openMs: 15 * minuteMs,
  messageMs: 25 * minuteMs,
  resetMs: 10_000,
};

/** One reply has 512 characters in a line (RFC 5321, 4.5.3.1.5). Some servers say more; this much is read. */
const longestReplyBytes = 64 * 1024;

export interface OpenOptions {
  /** Called with each line of the dialogue. */
  onTranscript?: ((line: TranscriptLine) => void) | undefined;
  /** Ends the opening. It has no effect on a connection that is open. */
  signal?: AbortSignal | undefined;
  waits?: typeof smtpWaits | undefined;
}

/**
 * Connects, and does all that comes before a message: greeting, EHLO, TLS and login.
 *
 * @throws {NodemailerError} when the server can't be reached, greets with a refusal, or fails at EHLO, TLS or login
 */
export const openSmtpConnection = async (
  settings: SmtpSettings,
  { onTranscript, signal, waits = smtpWaits }: OpenOptions,
): Promise<SMTPConnection> => {
  const { auth } = settings;
  const socket = await openSocket(settings, waits.connectMs, signal);
  const connection = new SMTPConnection({
    ...connectionOptions(settings),
    connection: socket,
    // It would count the time to connect as well, which is over here.
    connectionTimeout: waits.greetingMs,
    greetingTimeout: waits.greetingMs,
    socketTimeout: waits.silenceMs,
    ...(onTranscript && { logger: transcribe(onTranscript), transactionLog: true }),
  });
  connection.on('error', () => {}); // whoever waits for a reply is told by its own callback
  try {
    using deadline = openDeadline('The server took too long before the first message', waits.openMs, signal);
    await settled((done) => connection.connect(done), connection, deadline.signal);
    if (auth) await settled((done) => logIn(connection, auth, done), connection, deadline.signal);
    return connection;
  } catch (error) {
    connection.close();
    if (auth) hideLogin(error as NodemailerError, auth);
    throw error;
  }
};

/** A server may repeat what it was sent at the login, and what it says is logged. */
const hideLogin = (error: NodemailerError, { user, password }: { user: string; password: string }): void => {
  const plain = [password, `\0${user}\0${password}`];
  const secrets = plain.flatMap((text) => [Buffer.from(text).toString('base64'), text]);
  const hide = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '…'), text);
  error.message = hide(error.message);
  if (error.response) error.response = hide(error.response);
};

const connectionOptions = ({ host, port, isImplicitTls, tls, ehloName }: SmtpSettings) => ({
  host,
  port,
  secure: isImplicitTls,
  requireTLS: tls.use === 'always' && !isImplicitTls,
  ignoreTLS: tls.use === 'never',
  opportunisticTLS: tls.use === 'when-offered',
  tls: { rejectUnauthorized: tls.isVerified, ...(tls.ca && { ca: tls.ca }) },
  ...(tls.serverName && { servername: tls.serverName }),
  name: ehloName,
  socketCloseTimeout: 1_000,
  maxResponseSize: longestReplyBytes,
});

const openSocket = async (
  { host, port }: SmtpSettings,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> => {
  using deadline = openDeadline('The server took too long to accept the connection', waitMs, signal);
  const socket = connect({ host, port });
  try {
    // The socket itself is not given the signal, which would end the connection even when it is open.
    await settled((done) => socket.once('connect', () => done()), socket, deadline.signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

/** A signal that aborts after a time, or with another one. Disposing of it stops the clock. */
const openDeadline = (message: string, ms: number, other: AbortSignal | undefined) => {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(Object.assign(new Error(message), { code: 'ETIMEDOUT' })),
    ms,
  );
  const signal = other ? AbortSignal.any([controller.signal, other]) : controller.signal;
  return { signal, [Symbol.dispose]: () => clearTimeout(timer) };
};

/** The step's callback, the emitter's own error or end, or the signal, whichever comes first. */
const settled = async (
  step: (done: (error?: Error | null) => void) => void,
  emitter: EventEmitter,
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onEnd = () => reject(new Error('The server closed the connection'));
  const onAbort = () => reject(signal.reason);
  emitter.once('error', reject).once('end', onEnd);
  signal.addEventListener('abort', onAbort);
  step((error) => (error ? reject(error) : resolve()));
  try {
    await promise;
  } finally {
    emitter.off('error', reject).off('end', onEnd);
    signal.removeEventListener('abort', onAbort);
  }
};

const logIn = (
  connection: SMTPConnection,
  { user, password }: NonNullable<SmtpSettings['auth']>,
  done: (error?: Error | null) => void,
): void => {
  // Never on without it: a relay that wants credentials would refuse the mail, and look as if the mail were at fault.
  if (connection.allowsAuth) connection.login({ credentials: { user, pass: password } }, done);
  else
    done(
      Object.assign(new Error('The server does not offer AUTH, and SMTP_URL has credentials'), {
        code: 'EAUTH',
      }),
    );
};

export const encryptionOf = ({ _socket: socket }: SMTPConnection): string => {
  if (!(socket instanceof TLSSocket)) return 'none';
  const verdict = socket.authorized
    ? 'certificate verified'
    : `certificate not verified: ${socket.authorizationError}`;
  return `${socket.getProtocol()}, ${verdict}`;
};
