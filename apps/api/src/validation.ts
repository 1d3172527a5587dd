import { formats } from '@backend-jobs/sign-ups';
import type { Ajv, SchemaValidateFunction } from 'ajv';

const keyword = 'x-any-case';

/**
 * `schema`, whose strings a client may write in upper or lower case: an id, as Swift writes it, or a language tag (RFC
 * 5646, section 2.1.1). The route sees them in one form: that of `enum`, or lower case.
 */
export const anyCase = <Schema extends object>(schema: Schema): Schema => ({ ...schema, [keyword]: true });

const toOneForm: SchemaValidateFunction = (_isOn, text: unknown, schema, place) => {
  if (typeof text !== 'string') return true;
  const lower = text.toLowerCase();
  const values: string[] | undefined = schema?.enum;
  const form = values ? values.find((value) => value.toLowerCase() === lower) : lower;
  if (place && form !== undefined) place.parentData[place.parentDataProperty] = form;
  return true;
};

/** How Ajv checks requests: strictly. A request is taken as it is, or refused with its faults named. */
export const ajvOptions = {
  customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } as const,
  onCreate: (ajv: Ajv): void => {
    // Replaces the format `email` that Fastify adds to Ajv.
    for (const [name, isValid] of Object.entries(formats)) ajv.addFormat(name, isValid);
    ajv.addKeyword({
      keyword,
      before: 'enum', // which comes before all that is for strings alone
      modifying: true,
      errors: false,
      validate: toOneForm,
    });
  },
};
