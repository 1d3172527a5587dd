export { childrenOf } from './children-of.ts';
export { findFaketime, otherClock } from './debian/faketime.ts';
export { freePort, isPortFree } from './free-port.ts';
export { FolderInUseError } from './lock-folder.ts';
export { findMachinePart } from './machine-part.ts';
export { findPostfix, type PostfixPrograms } from './mail/postfix/find-postfix.ts';
export type { Postfix } from './mail/postfix/postfix.ts';
export type { PostfixConfig } from './mail/postfix/postfix-config.ts';
export * as postfixConfig from './mail/postfix/postfix-config.ts';
export { startPostfix } from './mail/postfix/start-postfix.ts';
export {
  type RawReply,
  type RawScript,
  RawSmtpServer,
  type SmtpPhase,
  startRawSmtpServer,
} from './mail/raw-smtp-server.ts';
export type { ReceivedMessage } from './mail/received-message.ts';
export type { SmtpDialogue, SmtpReaction, SmtpScript } from './mail/smtp-script.ts';
export type { SmtpServer } from './mail/smtp-server.ts';
export { type Mailbox, type MailboxOptions, startMailbox } from './mail/start-mailbox.ts';
export { type SmtpServerOptions, startSmtpServer } from './mail/start-smtp-server.ts';
export { findNginx, type NginxProgram } from './nginx/find-nginx.ts';
export { type Nginx, startNginx } from './nginx/start-nginx.ts';
export { findPgbouncer, type PgbouncerProgram } from './pgbouncer/find-pgbouncer.ts';
export { type Pgbouncer, startPgbouncer } from './pgbouncer/start-pgbouncer.ts';
export { findPostgres, type PostgresKind } from './postgres/find-postgres.ts';
export { createTestDatabase, openTestDatabase, type TestDatabase } from './postgres/open-test-database.ts';
export type { PostgresPrograms } from './postgres/postgres-programs.ts';
export type { PostgresServer } from './postgres/postgres-server.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export { exactProcessorMs, processorMs } from './processor-time.ts';
export { findPrometheus, type PrometheusPrograms } from './prometheus/find-prometheus.ts';
export { type Prometheus, startPrometheus } from './prometheus/start-prometheus.ts';
export { type FindOptions, findRedisServer, RedisNotFoundError } from './redis/find-redis-server.ts';
export { openTestRedis, type TestRedis } from './redis/open-test-redis.ts';
export type { RedisServer } from './redis/redis-server.ts';
export type { RedisSource } from './redis/redis-source.ts';
export { serverFaults } from './redis/server-faults.ts';
export { type RedisOptions, startRedis } from './redis/start-redis.ts';
export {
  type RedisCluster,
  type RedisClusterOptions,
  startRedisCluster,
} from './redis/start-redis-cluster.ts';
export { startReplica } from './redis/start-replica.ts';
export { type Sentinels, startSentinels } from './redis/start-sentinels.ts';
export {
  redisTopologies,
  startTestRedis,
  type TestRedisServer,
  testRedisTopology,
} from './redis/start-test-redis.ts';
export { type AuditRun, runAudit } from './run-audit.ts';
export { spawnTethered, type TetheredOptions } from './spawn-tethered.ts';
export {
  type ApiStart,
  appMain,
  type RunningApi,
  type RunningWorker,
  startApi,
  startWorker,
} from './start-app.ts';
export { type ProgramEnd, type RunningProgram, runProgram, startProgram } from './start-program.ts';
export { stopProcess } from './stop-process.ts';
export { type Passing, startWire, type Wire } from './wire.ts';
export { writeCertificate } from './write-certificate.ts';
