import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpSettings } from './smtp-settings.ts';
import { type TranscriptLine, transcribe } from './smtp-transcript.ts';

const minuteMs = 60_000;

/**
 * How long the worker waits in each phase. RFC 5321, 4.5.3.2 asks for 5 min for the greeting, MAIL and RCPT, 2 min for
 * DATA, 3 min for a part of the message and 10 min after its end: a client that gives up early sends a message again
 * which the server was about to take, or had taken. After the end of a message a server may well run a virus scanner.
 *
 * The client's own timer runs while the server says nothing, in whatever phase. One message ends after the sum of all
 * phases, so that a server which sends a byte now and then can't hold a connection for ever.
 */
export const waits = {
  connectMs: 30_000,
  greetingMs: 5 * minuteMs,
  silenceMs: 10 * minuteMs,
  messageMs: 25 * minuteMs,
};

/** One reply has 512 characters in a line (RFC 5321, 4.5.3.1.5). Some servers say more; this much is read. */
const longestReplyBytes = 64 * 1024;

/**
 * Opens a connection and does all that comes before a message: greeting, EHLO, TLS and login.
 *
 * @param onTranscript is called with each line of the dialogue
 * @throws {NodemailerError} when the server can't be reached, greets with a refusal, or fails at EHLO, TLS or login
 */
export const openSmtpConnection = async (
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
  const socket = connect({ host, port });
  const timer = setTimeout(() => socket.destroy(new Error('The server can not be reached')), waits.connectMs);
  try {
    await once(socket, 'connect');
  } finally {
    clearTimeout(timer);
  }
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

/** How a connection is encrypted, in words for a log. */
export const encryptionOf = ({ _socket: socket }: SMTPConnection): string => {
  if (!(socket instanceof TLSSocket)) return 'none';
  const verdict = socket.authorized
    ? 'certificate verified'
    : `certificate not verified: ${socket.authorizationError}`;
  return `${socket.getProtocol()}, ${verdict}`;
};
