import { type SchemaOptions, type Static, Type } from '@sinclair/typebox';

/** A string out of `values`, as JSON Schema's `enum`: a union of literals would report an error for each member. */
export const oneOf = <const Values extends string[]>(values: Values, options: SchemaOptions = {}) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: values, ...options });

/** A UUIDv7, or a UUIDv8 of the same layout (`createIdMaker`), in text. It names the sign-up from its acceptance on, before the user exists. */
export const UserId = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  examples: ['019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'],
});
export type UserId = Static<typeof UserId>;

const userId = new RegExp(UserId.pattern as string);
export const isUserId = (value: unknown): value is UserId => typeof value === 'string' && userId.test(value);

/** When the sign-up was accepted, in ms since 1970: the id begins with its time (RFC 9562, section 5.7). */
export const acceptedAtMs = (id: UserId): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

export const defaultLocale = 'en';
export const Locale = oneOf(['en', 'pt-BR']);
export type Locale = Static<typeof Locale>;

const Name = Type.String({ minLength: 1, maxLength: 200, format: 'person-name', examples: ['Ada Lovelace'] });
const Email = Type.String({ maxLength: 254, format: 'email', examples: ['ada@example.com'] });
const Instant = Type.String({ description: 'RFC 3339, in UTC', examples: ['2026-01-31T12:00:00.000Z'] });

/** What a person gives to sign up. */
export const NewUser = Type.Object({ name: Name, email: Email, locale: Locale });
export type NewUser = Static<typeof NewUser>;

/** A person who is signed up. */
export const User = Type.Object({ id: UserId, ...NewUser.properties, createdAt: Instant });
export type User = Static<typeof User>;

/**
 * Why an accepted sign-up made no user: the email belongs to another user, or too many users were made of its mailbox or
 * domain.
 */
export const RejectionReason = oneOf(['email-taken', 'too-many-sign-ups']);
export type RejectionReason = Static<typeof RejectionReason>;

/** How far the welcome email is. `unknown`: the server may have taken the message before the connection broke. */
export const WelcomeEmailStatus = oneOf(['pending', 'sending', 'sent', 'failed', 'unknown']);

export const WelcomeEmail = Type.Object({
  status: WelcomeEmailStatus,
  attempts: Type.Integer({
    minimum: 0,
    description: 'How often a mail server was asked to take the message',
  }),
  uncertainAttempts: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Attempts that may have delivered a copy although they did not end as sent',
    }),
  ),
  messageId: Type.Optional(Type.String({ examples: ['<welcome.019bfa3e@example.com>'] })),
  sentAt: Type.Optional(Instant),
  error: Type.Optional(
    Type.String({ description: "Why the last attempt failed: the mail server's reply, without addresses" }),
  ),
});
export type WelcomeEmail = Static<typeof WelcomeEmail>;
