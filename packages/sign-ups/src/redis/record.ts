import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import type { SignUp } from '../sign-up-store.ts';
import {
  Locale,
  oneOf,
  RejectionReason,
  type User,
  UserId,
  type WelcomeEmail,
  WelcomeEmailStatus,
} from '../user.ts';

/** What Redis holds does not have the form that this version writes. The message holds no value. */
class CorruptRecordError extends Error {
  override name = 'CorruptRecordError';
}

/**
 * Stands for the sign-up's id in its Message-ID. A value of more than 64 bytes would take the hash out of its compact
 * form, which needs half the memory.
 */
export const idPlace = '*';

/** A whole number, as Redis keeps it. */
export const Count = Type.String({ pattern: '^[0-9]+$' });

export const UserFields = Type.Object({
  id: UserId,
  name: Type.String(),
  email: Type.String(),
  locale: Locale,
  createdAt: Type.String(),
});

const Created = Type.Object({
  outcome: Type.Literal('created'),
  ...UserFields.properties,
  emailStatus: WelcomeEmailStatus,
  emailAttempts: Count,
  emailUncertain: Type.Optional(Count),
  emailIsSettled: Type.Optional(Type.Union([Type.Literal('0'), Type.Literal('1')])),
  emailMessageId: Type.Optional(Type.String()),
  emailSentAt: Type.Optional(Type.String()),
  emailError: Type.Optional(Type.String()),
});

const Rejected = Type.Object({ outcome: Type.Literal('rejected'), reason: RejectionReason });
const Ended = Type.Object({ outcome: oneOf(['failed', 'removed', 'deleted']) });

/** Fields and values, one after the other, as a script returns them. */
export const toFields = (reply: unknown): Record<string, unknown> => {
  const flat = reply as unknown[];
  const pairs = Array.from({ length: flat.length / 2 }, (_, index) => flat.slice(2 * index, 2 * index + 2));
  return Object.fromEntries(pairs);
};

const ajv = new Ajv({ allErrors: true });

/** Returns a function that checks what came out of Redis, and that throws `CorruptRecordError`. */
export const parserOf = <Schema extends TSchema>(schema: Schema) => {
  const isValid = ajv.compile<Static<Schema>>(schema);
  return (fields: Record<string, unknown>, id: UserId): Static<Schema> => {
    if (isValid(fields)) return fields;
    const faults = ajv.errorsText(isValid.errors, { dataVar: 'record' });
    throw new CorruptRecordError(`The record of sign-up ${id} is not valid: ${faults}`);
  };
};

const parseCreated = parserOf(Created);
const parseRejected = parserOf(Rejected);
const parseEnded = parserOf(Ended);

/** @throws {CorruptRecordError} */
export const toSignUp = (fields: Record<string, unknown>, id: UserId): SignUp | undefined => {
  if (Object.keys(fields).length === 0) return undefined;
  switch (fields.outcome) {
    case 'created': {
      const created = parseCreated(fields, id);
      return {
        outcome: 'created',
        user: toUser(created),
        welcomeEmail: toWelcomeEmail(created),
        isSettled: created.emailIsSettled === '1',
      };
    }
    case 'rejected':
      return { outcome: 'rejected', reason: parseRejected(fields, id).reason };
    default:
      return { outcome: parseEnded(fields, id).outcome };
  }
};

export const toUser = ({ id, name, email, locale, createdAt }: User): User => ({
  id,
  name,
  email,
  locale,
  createdAt,
});

const toWelcomeEmail = (record: Static<typeof Created>): WelcomeEmail => ({
  status: record.emailStatus,
  attempts: Number(record.emailAttempts),
  ...(record.emailUncertain && { uncertainAttempts: Number(record.emailUncertain) }),
  ...(record.emailMessageId && { messageId: record.emailMessageId.replace(idPlace, record.id) }),
  ...(record.emailSentAt && { sentAt: record.emailSentAt }),
  ...(record.emailError && { error: record.emailError }),
});
