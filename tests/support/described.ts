import { Ajv, type ValidateFunction } from 'ajv';

interface Answer {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object }>;
}

export interface Operation {
  parameters?: { name: string; in: string; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, Answer>;
}

export interface Description {
  paths: Record<string, Record<string, Operation>>;
}

// The shapes alone: what a string has to look like is checked where it comes in.
const ajv = new Ajv({ strict: false, validateFormats: false });
const validators = new WeakMap<object, ValidateFunction>();

const validatorOf = (schema: object): ValidateFunction => {
  const validator = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validator);
  return validator;
};

/** In what an answer differs from what the description says of it; a sentence each. */
export const differences = async (operation: Operation, response: Response): Promise<string[]> => {
  const answer = operation.responses[response.status];
  const text = await response.text();
  if (!answer) return [`${response.status} is not described: ${text}`];
  const found: string[] = [];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (answer.content) {
    const media = answer.content[type];
    if (!media) return [`${response.status} came as '${type}'`];
    const validate = validatorOf(media.schema);
    if (!validate(JSON.parse(text))) found.push(`${response.status}: ${ajv.errorsText(validate.errors)}`);
  } else if (text) {
    found.push(`${response.status} has a body: ${text}`);
  }
  if (!response.headers.get('x-request-id')) found.push(`${response.status} has no x-request-id`);
  return found;
};
