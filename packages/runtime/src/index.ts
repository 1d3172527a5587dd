export { EnvironmentError, readEnvironment, readEnvironmentOrExit } from './environment.ts';
export { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
export { createLogger, type Logger } from './logger.ts';
export { Duration, processEnvironment, Rate, toMs, toRate } from './process-environment.ts';
export { untilDeadline } from './until-deadline.ts';
