import { Duration, processEnvironment } from '@backend-jobs/runtime';
import { type Static, Type } from '@sinclair/typebox';

/** The API's environment. Without an admin password the dashboard stays closed; production does not start at all. */
export const ApiConfig = Type.Object(
  {
    ...processEnvironment,
    PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
    /** How long it goes on accepting after SIGTERM, while who balances the load finds out that it is not ready. */
    DRAIN_DELAY: Duration({ default: '1s' }),
    ADMIN_USER: Type.String({ pattern: '^[^:]+$', default: 'admin' }),
    ADMIN_PASSWORD: Type.Optional(Type.String()),
  },
  {
    if: { properties: { NODE_ENV: { const: 'production' } }, required: ['NODE_ENV'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword
    then: { required: ['ADMIN_PASSWORD'], properties: { ADMIN_PASSWORD: { type: 'string', minLength: 12 } } },
  },
);
export type ApiConfig = Static<typeof ApiConfig>;
