/** What the log says about an error. */
export interface ErrorFacts {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: ErrorFacts;
}

const causeDepth = 4;

/**
 * Returns what the log may say about an error: these facts and no other property of it. Libraries put what they worked on
 * into their errors; an error of ioredis, for example, has the arguments of the command, a person's name and email
 * address among them.
 */
export const errorFacts = (error: unknown, depth = causeDepth): ErrorFacts => {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something was thrown that is no error' };
  const message = messageOf(error);
  const { code } = error as { code?: unknown };
  const frames = framesOf(error);
  return {
    type: error.name,
    message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    // The head of a stack repeats the message as it was thrown.
    ...(frames && { stack: `${error.name}: ${message}${frames}` }),
    ...(error.cause !== undefined && depth > 0 && { cause: errorFacts(error.cause, depth - 1) }),
  };
};

/** The message of an error without the values that it quotes. */
export const messageOf = ({ name, message }: Error): string => {
  const quotation = quotations[name];
  return quotation ? message.replace(quotation, '') : message;
};

/** Where a message quotes what it is about, by the name of the error. */
const quotations: Record<string, RegExp> = {
  // ERR unknown command 'evalsha', with args beginning with: '…' '…'
  ReplyError: /, with args beginning with:.*/s,
  // Unexpected token 'x', ..."the text around it"... is not valid JSON
  SyntaxError: /,? ?(\.{3})?".*"(\.{3})?(?= is not valid JSON)/s,
};

const framesOf = ({ message, stack = '' }: Error): string | undefined =>
  /(?:\n +at .*)+$/.exec(stack.slice(stack.indexOf(message) + message.length))?.[0];
