import { Ajv, type ValidateFunction } from 'ajv';
import type { LightMyRequestResponse } from 'fastify';

interface DescribedResponse {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object }>;
}

export interface Operation {
  operationId: string;
  security?: object[];
  responses: Record<string, DescribedResponse>;
}

export interface Description {
  paths: Record<string, Record<string, Operation>>;
}

// Checks types and required properties. The formats of strings are checked where the API takes them in.
const ajv = new Ajv({ strict: false, validateFormats: false });
const validators = new WeakMap<object, ValidateFunction>();

const validatorOf = (schema: object): ValidateFunction => {
  const validator = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validator);
  return validator;
};

/** How a response differs from its description: one sentence for each difference. */
export const differences = (operation: Operation, response: LightMyRequestResponse): string[] => {
  const { statusCode, headers, body } = response;
  const described = operation.responses[statusCode];
  if (!described) return [`${statusCode} is not described: ${body}`];
  const found: string[] = [];
  const type = String(headers['content-type']).split(';')[0] ?? '';
  if (described.content) {
    const media = described.content[type];
    if (!media) return [`${statusCode} came as '${type}'`];
    const validate = validatorOf(media.schema);
    if (!validate(type.endsWith('json') ? JSON.parse(body) : body))
      found.push(`${statusCode}: ${ajv.errorsText(validate.errors)}`);
  } else if (body) {
    found.push(`${statusCode} has a body: ${body}`);
  }
  if (!headers['x-request-id']) found.push(`${statusCode} has no x-request-id`);
  return found;
};
