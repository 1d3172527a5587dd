import { formats } from '@backend-jobs/sign-ups';
import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import { type JobsOptions, UnrecoverableError } from 'bullmq';

/** `backoff.delay` is the first delay in ms; `retryDelayMs` makes the others of it. */
type JobOptions = Omit<JobsOptions, 'backoff'> & {
  attempts: number;
  backoff: { type: 'custom'; delay: number };
};

/** All there is to know of a job: its name, its queue, the shape of its payload and how it is kept and retried. */
export interface JobDefinition<Payload extends TSchema = TSchema> {
  readonly name: string;
  readonly queue: string;
  /** Raised when a worker of the version before can't read the payload; a new field that it may ignore raises nothing. */
  readonly version: number;
  readonly payload: Payload;
  readonly options: JobOptions;
  readonly isPayload: ValidateFunction<Static<Payload>>;
}

// The validator of the HTTP side, so that a payload which one of them lets in the other does not refuse.
const ajv = new Ajv({ allErrors: true, formats });

export const defineJob = <Payload extends TSchema>(
  definition: Omit<JobDefinition<Payload>, 'isPayload'>,
): JobDefinition<Payload> => ({ ...definition, isPayload: ajv.compile<Static<Payload>>(definition.payload) });

/** Trying again can't mend a payload, hence unrecoverable. The message names the fields and holds no value of them. */
export class InvalidPayload extends UnrecoverableError {
  override name = 'InvalidPayload';
}

/** This worker is too old for the payload; another one may not be. */
export class NewerPayload extends Error {
  override name = 'NewerPayload';
}

/**
 * Checks what came out of a queue. Fields that the schema does not know pass: a neighbouring version of this service may
 * have written them. A payload says its `version` from 2 on.
 *
 * @throws {InvalidPayload}
 * @throws {NewerPayload} when its version is above the definition's
 */
export const parsePayload = <Payload extends TSchema>(
  { name, version, isPayload }: JobDefinition<Payload>,
  payload: unknown,
): Static<Payload> => {
  if (versionOf(payload) > version) throw new NewerPayload(`${name}: written by a newer version`);
  if (isPayload(payload)) return payload;
  throw new InvalidPayload(`${name}: ${ajv.errorsText(isPayload.errors, { dataVar: 'payload' })}`);
};

const versionOf = (payload: unknown): number =>
  typeof payload === 'object' && payload && 'version' in payload ? Number(payload.version) : 1;
