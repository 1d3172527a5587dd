import { formats } from '@backend-jobs/sign-ups';
import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import { type JobsOptions, UnrecoverableError } from 'bullmq';

/** `backoff.delay` is the first delay in ms; `retryDelayMs` derives the others from it. */
type JobOptions = Omit<JobsOptions, 'backoff'> & {
  attempts: number;
  backoff: { type: 'custom'; delay: number };
};

/** Everything there is to know about a job: its name, its queue, the shape of its payload, how it is kept and retried. */
export interface JobDefinition<Payload extends TSchema = TSchema> {
  readonly name: string;
  readonly queue: string;
  /**
   * Raise it when workers of the previous version can't read the payload. A new field that they may ignore does not
   * need it.
   */
  readonly version: number;
  readonly payload: Payload;
  readonly options: JobOptions;
  readonly isPayload: ValidateFunction<Static<Payload>>;
}

// The validator that HTTP uses too, so that a payload which one of them accepts is never refused by the other.
const ajv = new Ajv({ allErrors: true, formats });

export const defineJob = <Payload extends TSchema>(
  definition: Omit<JobDefinition<Payload>, 'isPayload'>,
): JobDefinition<Payload> => ({ ...definition, isPayload: ajv.compile<Static<Payload>>(definition.payload) });

/** Another attempt can't repair a payload, hence unrecoverable. The message names the fields and holds no value of them. */
export class InvalidPayloadError extends UnrecoverableError {
  override name = 'InvalidPayloadError';
}

/** This worker is too old for the payload; another one may not be. */
export class NewerPayloadError extends Error {
  override name = 'NewerPayloadError';
}

/**
 * Checks what came out of a queue. Fields that the schema does not know pass, since a neighbouring version of this
 * service may have written them. A payload states its `version` from version 2 on.
 *
 * @throws {InvalidPayloadError}
 * @throws {NewerPayloadError} when its version is above the definition's
 */
export const parsePayload = <Payload extends TSchema>(
  { name, version, isPayload }: JobDefinition<Payload>,
  payload: unknown,
): Static<Payload> => {
  if (versionOf(payload) > version) throw new NewerPayloadError(`${name}: written by a newer version`);
  if (isPayload(payload)) return payload;
  throw new InvalidPayloadError(`${name}: ${ajv.errorsText(isPayload.errors, { dataVar: 'payload' })}`);
};

const versionOf = (payload: unknown): number =>
  typeof payload === 'object' && payload && 'version' in payload ? Number(payload.version) : 1;
