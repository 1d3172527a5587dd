import { type Static, Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
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
