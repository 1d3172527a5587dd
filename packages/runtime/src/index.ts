export { certificates } from './certificates.ts';
export {
  anyText,
  delay,
  duration,
  integer,
  listOf,
  matching,
  offOr,
  oneOf,
  type Rate,
  rate,
  timeout,
} from './decoders.ts';
export { toAsciiDomain } from './domain.ts';
export { type Config, combineVariables, readEnvironment, readEnvironmentOrExit } from './environment.ts';
export { messageOf } from './error-facts.ts';
export { firstGuesses } from './guessable.ts';
export { inWords } from './in-words.ts';
export { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
export { listen } from './listen.ts';
export { createLogger, errorLogging, type Logger } from './logger.ts';
export { createOwnHosts } from './own-hosts.ts';
export { portVariables, processVariables } from './process-environment.ts';
export { Progress } from './progress.ts';
export { secret } from './secret.ts';
export { parseServerUrl, type ServerUrl } from './server-url.ts';
export { parseSmtpUrl, type SmtpUrl } from './smtp-url.ts';
export { untilDeadline } from './until-deadline.ts';
export {
  type Declaration,
  type Decoder,
  EnvironmentError,
  InvalidValue,
  type Variable,
  variable,
} from './variable.ts';
