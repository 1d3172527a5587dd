import { text } from 'node:stream/consumers';
import type {
  SMTPServerAddress,
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerDataStream,
  SMTPServerSession,
} from 'smtp-server';
import { type ReceivedMessage, receivedMessage } from './received-message.ts';
import { type Answered, perform, type SmtpDialogue, SmtpRefusal, type SmtpScript } from './smtp-script.ts';

type Proceed = (refusal?: SmtpRefusal) => void;

interface Peer {
  auth: { user: string; password: string } | undefined;
  /** What the script is by now. */
  script: () => SmtpScript;
  /** The connection from this port of the client's. */
  connection: (remotePort: number) => { ordinal: number; drop: () => void };
  keep: (message: ReceivedMessage) => void;
}

/** The handlers of smtp-server, which follow the script. */
export const smtpHandlers = ({ auth, script, connection, keep }: Peer) => {
  const follow = (
    session: SMTPServerSession,
    ask: (dialogue: SmtpDialogue) => Answered,
    proceed: Proceed,
  ): void => {
    const { ordinal, drop } = connection(session.remotePort);
    perform(() => ask(dialogueOf(session, ordinal)), { drop, proceed });
  };
  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession, proceed: Proceed) => {
    const raw = await text(stream).catch(() => undefined);
    if (raw === undefined) return; // the line broke before the final dot
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
  (ask: (dialogue: SmtpDialogue) => Answered, keep: () => void) =>
  (dialogue: SmtpDialogue): Answered => {
    const answered = ask(dialogue);
    const settle = (answer: Awaited<Answered>) => {
      if (typeof answer !== 'object') keep();
      return answer;
    };
    return answered instanceof Promise ? answered.then(settle) : settle(answered);
  };
