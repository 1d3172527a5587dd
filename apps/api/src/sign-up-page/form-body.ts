import { isUtf8 } from 'node:buffer';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';
import { IdempotencyKey, SignUpBody } from '../routes/post-user.ts';

/** What the form sends: what the API takes, and a key that makes two clicks one sign-up. */
export const FormBody = Type.Object(
  { ...SignUpBody.properties, key: Type.Optional(IdempotencyKey) },
  { additionalProperties: false },
);
export type FormBody = Static<typeof FormBody>;

type FieldFault = 'empty' | 'tooLong' | 'invalid';
/** What a person has to correct. */
export interface Faults {
  name?: FieldFault;
  email?: FieldFault | Refusal;
}

/** Why a form without faults was refused. */
type Refusal = 'taken' | 'tooMany';

/** What somebody typed, as it is shown to them again. */
export type Typed = Partial<Record<keyof Faults, string>>;

/** Reads forms, and nothing else. Blanks around a field are not meant: a telephone's keyboard adds them. */
export const addFormParser = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => {
      if (!isUtf8(body)) return done(new Problem('malformed-request', 'The body is not UTF-8'));
      const fields = [...new URLSearchParams(body.toString())];
      if (new Set(fields.map(([name]) => name)).size < fields.length)
        return done(new Problem('malformed-request', 'A field was sent more than once'));
      done(null, Object.fromEntries(fields.map(([name, value]) => [name, value.trim()])));
    },
  );
};

/** @throws the error itself, where it has nothing to do with the address */
export const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof Problem)) throw error;
  if (error.kind === 'email-taken') return 'taken';
  if (error.kind === 'too-many-requests') return 'tooMany';
  throw error;
};

/**
 * Which fields a person has to correct.
 *
 * @throws the error itself, where it is about a field that a person has not filled in
 */
export const toFaults = (error: NonNullable<FastifyRequest['validationError']>, typed: Typed): Faults => {
  const faults: Faults = {};
  for (const { instancePath, keyword, params } of error.validation ?? []) {
    const field: string =
      instancePath.slice(1) || String(params.missingProperty ?? params.additionalProperty);
    if (field !== 'name' && field !== 'email') throw error;
    const isEmpty = !typed[field];
    if (isEmpty) faults[field] = 'empty';
    else if (keyword === 'maxLength') faults[field] = 'tooLong';
    else faults[field] ??= 'invalid';
  }
  return faults;
};
