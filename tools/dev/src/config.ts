import { type Static, Type } from '@sinclair/typebox';

const Port = (options: { default: number }) => Type.Integer({ minimum: 1, maximum: 65_535, ...options });

/** What can be chosen about `npm start`. The services that an URL names are used; the others are started. */
export const DevConfig = Type.Object({
  PORT: Port({ default: 3000 }),
  MAILBOX_PORT: Port({ default: 1080 }),
  WORKERS: Type.Integer({ minimum: 1, maximum: 64, default: 2 }),
  REDIS_URL: Type.Optional(Type.String({ pattern: '^rediss?://.' })),
  SMTP_URL: Type.Optional(Type.String({ pattern: '^smtps?://.' })),
  LOG_LEVEL: Type.String({ default: 'info' }),
  ADMIN_USER: Type.String({ default: 'admin' }),
  ADMIN_PASSWORD: Type.Optional(Type.String()),
});
export type DevConfig = Static<typeof DevConfig>;
