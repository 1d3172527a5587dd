import type { ReceivedMessage } from './received-message.ts';

/**
 * What the server does at a point of the dialogue:
 *
 * - nothing: it continues normally;
 * - a number: it waits for so many ms, and then continues normally. With `Infinity` it never continues;
 * - 'drop': it drops the connection;
 * - an object: it refuses, with this SMTP code and message.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only observes returns nothing
export type SmtpReaction = void | undefined | number | 'drop' | { code: number; message: string };

export type HookResult = SmtpReaction | Promise<SmtpReaction>;

/** The connection, and what the client has said on it so far. */
export interface SmtpDialogue {
  /** The number of this connection. The server counts from 1. */
  connection: number;
  secure: boolean;
  user: string | undefined;
  from: string | undefined;
  to: string[];
}

/** What a test makes the server do. Each hook is called whenever a dialogue reaches its point. */
export interface SmtpScript {
  /** Called before the greeting. */
  onConnect?(dialogue: SmtpDialogue): HookResult;
  /** Called when the password was right. */
  onAuth?(dialogue: SmtpDialogue): HookResult;
  onMailFrom?(address: string, dialogue: SmtpDialogue): HookResult;
  onRcptTo?(address: string, dialogue: SmtpDialogue): HookResult;
  /**
   * Called when the client has sent DATA. A 'drop' that is returned directly happens before the 354, so the
   * client cannot have sent any of the message. A 'drop' from a promise happens after it. A refusal is sent
   * after the final dot.
   */
  onData?(dialogue: SmtpDialogue): HookResult;
  /**
   * Called when the whole message has arrived, before the reply. The message counts as received unless it is
   * refused.
   */
  onFinalDot?(message: ReceivedMessage, dialogue: SmtpDialogue): HookResult;
}

/** An error that smtp-server turns into its reply. */
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
  /** Continues the dialogue: normally, or with a refusal. */
  proceed(refusal?: SmtpRefusal): void;
}

/** Does what a hook returns, without a delay if it does not return a promise. */
export const perform = (ask: () => HookResult, stage: Stage): void => {
  const fail = (error: unknown) => stage.proceed(new SmtpRefusal(451, `The script failed: ${error}`));
  try {
    const result = ask();
    if (result instanceof Promise) result.then((reaction) => carryOut(reaction, stage), fail);
    else carryOut(result, stage);
  } catch (error) {
    fail(error);
  }
};

const carryOut = (reaction: SmtpReaction, { drop, proceed }: Stage): void => {
  if (reaction === undefined) proceed();
  else if (reaction === 'drop') drop();
  else if (typeof reaction === 'object') proceed(new SmtpRefusal(reaction.code, reaction.message));
  else if (reaction !== Number.POSITIVE_INFINITY) setTimeout(proceed, reaction).unref();
};
