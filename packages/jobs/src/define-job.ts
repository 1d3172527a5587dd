import { formats } from '@backend-jobs/users';
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

/**
 * Checks what goes into a queue, or came out of it. Fields that the schema does not know pass: a neighbouring version
 * of this service may have written them.
 *
 * @throws {InvalidPayload}
 */
export const parsePayload = <Payload extends TSchema>(
  { name, isPayload }: JobDefinition<Payload>,
  payload: unknown,
): Static<Payload> => {
  if (isPayload(payload)) return payload;
  throw new InvalidPayload(`${name}: ${ajv.errorsText(isPayload.errors, { dataVar: 'payload' })}`);
};
