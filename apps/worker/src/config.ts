import { Duration, processEnvironment, Rate } from '@backend-jobs/runtime';
import { type Static, Type } from '@sinclair/typebox';

/** One that needs no SMTPUTF8: the local part in ASCII, and unquoted. */
const address = '[\\w.!#$%&\'*+/=?^`{|}~-]+@[^\\s<>@,;:()"]+';

/** The worker's environment. In production nobody but the operator can know whom mail comes from. */
export const WorkerConfig = Type.Object(
  {
    ...processEnvironment,
    SMTP_URL: Type.String({ pattern: '^smtps?://.' }),
    MAIL_FROM: Type.Optional(Type.String({ pattern: `^(${address}|[^<>]*<${address}>)$` })),
    /** Users wait for Redis alone; each email takes a connection to the mail server, too. */
    USERS_CONCURRENCY: Type.Integer({ minimum: 1, default: 50 }),
    EMAILS_CONCURRENCY: Type.Integer({ minimum: 1, default: 20 }),
    EMAILS_RATE: Type.Optional(Rate()),
    WELCOME_EMAIL_ON_UNKNOWN: Type.String({ enum: ['resend', 'hold'], default: 'resend' }),
    WELCOME_EMAIL_DEADLINE: Duration({ default: '24h' }),
    RECONCILE_INTERVAL: Duration({ default: '1m' }),
    HEALTH_PORT: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  },
  {
    if: { properties: { NODE_ENV: { const: 'production' } }, required: ['NODE_ENV'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword
    then: { required: ['MAIL_FROM'] },
  },
);
export type WorkerConfig = Static<typeof WorkerConfig>;
