import { text } from 'node:stream/consumers';
import type {
  SMTPServerAddress,
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerDataStream,
  SMTPServerSession,
} from 'smtp-server';
import { type ReceivedMessage, receivedMessage } from './received-message.ts';
import { type HookResult, perform, type SmtpDialogue, SmtpRefusal, type SmtpScript } from './smtp-script.ts';

type Proceed = (refusal?: SmtpRefusal) => void;

interface Peer {
  auth: { user: string; password: string } | undefined;
  /** Returns the current script, which a test may have changed. */
  script: () => SmtpScript;
  /** Returns the connection that comes from this port of the client. */
  connection: (remotePort: number) => { ordinal: number; drop: () => void };
  keep: (message: ReceivedMessage) => void;
}

/** Makes the handlers of smtp-server that follow the script. */
export const smtpHandlers = ({ auth, script, connection, keep }: Peer) => {
  const follow = (
    session: SMTPServerSession,
    ask: (dialogue: SmtpDialogue) => HookResult,
    proceed: Proceed,
  ): void => {
    const { ordinal, drop } = connection(session.remotePort);
    perform(() => ask(dialogueOf(session, ordinal)), { drop, proceed });
  };
  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession, proceed: Proceed) => {
    const raw = await text(stream).catch(() => undefined);
    if (raw === undefined) return; // the connection broke before the final dot
    const { from = '', to } = dialogueOf(session, 0);
    const message = receivedMessage({ from, to, raw, receivedAtMs: Date.now() });
    const ask = (dialogue: SmtpDialogue) => script().onFinalDot?.(message, dialogue);
    follow(
      session,
      keepUnlessRefused(ask, () => keep(message)),
      proceed,
    );
  };
  return {
    onConnect: (session: SMTPServerSession, proceed: Proceed) =>
      follow(session, (dialogue) => script().onConnect?.(dialogue), proceed),
    onAuth: (
      { username, password }: SMTPServerAuthentication,
      session: SMTPServerSession,
      done: (error?: Error | null, response?: SMTPServerAuthenticationResponse) => void,
    ) => {
      const isRight = username !== undefined && username === auth?.user && password === auth.password;
      if (!isRight) return done(new SmtpRefusal(535, 'Authentication failed'));
      const proceed: Proceed = (refusal) => (refusal ? done(refusal) : done(null, { user: username }));
      follow(session, (dialogue) => script().onAuth?.(dialogue), proceed);
    },
    onMailFrom: ({ address }: SMTPServerAddress, session: SMTPServerSession, proceed: Proceed) =>
      follow(session, (dialogue) => script().onMailFrom?.(address, dialogue), proceed),
    onRcptTo: ({ address }: SMTPServerAddress, session: SMTPServerSession, proceed: Proceed) =>
      follow(session, (dialogue) => script().onRcptTo?.(address, dialogue), proceed),
    onData: (stream: SMTPServerDataStream, session: SMTPServerSession, proceed: Proceed) =>
      follow(
        session,
        (dialogue) => script().onData?.(dialogue),
        (refusal) => (refusal ? proceed(refusal) : void receive(stream, session, proceed)),
      ),
  };
};

const dialogueOf = ({ envelope, secure, user }: SMTPServerSession, ordinal: number): SmtpDialogue => ({
  connection: ordinal,
  secure,
  user: user || undefined,
  from: envelope.mailFrom ? envelope.mailFrom.address : undefined,
  to: envelope.rcptTo.map(({ address }) => address),
});

const keepUnlessRefused =
  (ask: (dialogue: SmtpDialogue) => HookResult, keep: () => void) =>
  (dialogue: SmtpDialogue): HookResult => {
    const result = ask(dialogue);
    const settle = (reaction: Awaited<HookResult>) => {
      if (typeof reaction !== 'object') keep();
      return reaction;
    };
    return result instanceof Promise ? result.then(settle) : settle(result);
  };
