import type { ReceivedMessage } from './received-message.ts';

/**
 * What happens at a point of the dialogue: nothing out of the ordinary; a wait of so many ms (`Infinity`: silence for
 * ever) and then what is ordinary; the line is dropped; a refusal with an SMTP code.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks on returns nothing
export type SmtpAnswer = void | undefined | number | 'drop' | { code: number; message: string };

export type Answered = SmtpAnswer | Promise<SmtpAnswer>;

/** Who speaks, and what was said so far. */
export interface SmtpDialogue {
  /** Counts the connections that the server has taken, from 1. */
  connection: number;
  secure: boolean;
  user: string | undefined;
  from: string | undefined;
  to: string[];
}

/** What a test has the server do, each time the dialogue comes to the point. */
export interface SmtpScript {
  /** Before the greeting. */
  onConnect?(dialogue: SmtpDialogue): Answered;
  /** The password was right. */
  onAuth?(dialogue: SmtpDialogue): Answered;
  onMailFrom?(address: string, dialogue: SmtpDialogue): Answered;
  onRcptTo?(address: string, dialogue: SmtpDialogue): Answered;
  /**
   * DATA was said. A 'drop' that is returned at once comes before the 354, so that the client cannot have sent a
   * word of the message; one from a promise comes after it. A refusal is told after the final dot.
   */
  onData?(dialogue: SmtpDialogue): Answered;
  /** The whole message has come, and is not answered yet. It counts as received unless it is refused. */
  onFinalDot?(message: ReceivedMessage, dialogue: SmtpDialogue): Answered;
}

/** An error that smtp-server answers with. */
export class SmtpRefusal extends Error {
  override name = 'SmtpRefusal';
  readonly responseCode: number;

  constructor(code: number, message: string) {
    super(message);
    this.responseCode = code;
  }
}

export interface Stage {
  drop(): void;
  /** Goes on with the dialogue, by a refusal or as is ordinary. */
  proceed(refusal?: SmtpRefusal): void;
}

/** Does what a hook answers; at once when it answers at once. */
export const perform = (ask: () => Answered, stage: Stage): void => {
  const fail = (error: unknown) => stage.proceed(new SmtpRefusal(451, `The script failed: ${error}`));
  try {
    const answered = ask();
    if (answered instanceof Promise) answered.then((answer) => carryOut(answer, stage), fail);
    else carryOut(answered, stage);
  } catch (error) {
    fail(error);
  }
};

const carryOut = (answer: SmtpAnswer, { drop, proceed }: Stage): void => {
  if (answer === undefined) proceed();
  else if (answer === 'drop') drop();
  else if (typeof answer === 'object') proceed(new SmtpRefusal(answer.code, answer.message));
  else if (answer !== Number.POSITIVE_INFINITY) setTimeout(proceed, answer).unref();
};
