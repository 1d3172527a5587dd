import type { NamedMutant } from '../named-mutant.ts';

const traces = ['tests/traces.test.ts'];

/** What metrics and traces reveal, and what strangers and people must not get into it. */
export const telemetryMutants: readonly NamedMutant[] = [
  {
    name: 'url-as-a-label',
    file: 'apps/api/src/metrics.ts',
    from: "routeOptions.url ?? 'none'",
    to: 'routeOptions.url ?? request.url',
    tests: ['apps/api/test/metrics.test.ts'],
  },
  {
    name: 'any-method-as-a-label',
    file: 'apps/api/src/metrics.ts',
    from: "knownMethods.has(method) ? method : '_OTHER'",
    to: 'method',
    tests: ['apps/api/test/metrics.test.ts'],
  },
  {
    name: 'sign-up-that-ends-twice',
    file: 'packages/sign-ups/src/redis/claim-welcome-email.lua',
    from: "copies, 'reopened', '1')",
    to: 'copies)',
    tests: ['packages/sign-ups/test/redis-stores.test.ts'],
  },
  {
    name: 'failed-sign-up-that-ends-twice',
    file: 'packages/sign-ups/src/redis/create-sign-up.lua',
    from: "if outcome == 'failed' then -- it",
    to: 'if false then -- it',
    tests: ['packages/sign-ups/test/redis-stores.test.ts'],
  },
  {
    name: 'traces-that-strangers-order',
    file: 'packages/telemetry/src/otel/request-spans.ts',
    from: 'caller !== null && isTrusted;',
    to: 'caller !== null;',
    tests: traces,
  },
  {
    name: 'traces-of-an-idle-service',
    file: 'packages/telemetry/src/otel/queue-telemetry.ts',
    from: 'kind !== undefined && isSampled(context)',
    to: 'kind !== undefined',
    tests: traces,
  },
  {
    name: 'url-in-a-span',
    file: 'apps/api/src/plugins/request-spans.ts',
    from: '({ span, method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): void =>\n  span?.end({ method, route: routeOptions.url',
    to: '({ span, method, url }: FastifyRequest, { statusCode }: FastifyReply): void =>\n  span?.end({ method, route: url',
    tests: traces,
  },
  {
    name: 'scaling-read-anew',
    file: 'apps/api/src/read-scaling.ts',
    from: 'performance.now() >= validUntilMs',
    to: 'true',
    tests: ['apps/api/test/read-scaling.test.ts'],
  },
  {
    name: 'metrics-on-every-path',
    file: 'packages/telemetry/src/metrics-server.ts',
    from: "sources.get(url?.split('?')[0] ?? '')",
    to: "sources.get('/metrics')",
    tests: ['packages/telemetry/test/metrics-server.unit.test.ts'],
  },
];
