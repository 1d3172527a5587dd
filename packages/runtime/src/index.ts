export { EnvironmentError, readEnvironment, readEnvironmentOrExit } from './environment.ts';
export { createLogger, type Logger } from './logger.ts';
export { Duration, processEnvironment, toMs } from './process-environment.ts';
export { untilDeadline } from './until-deadline.ts';
