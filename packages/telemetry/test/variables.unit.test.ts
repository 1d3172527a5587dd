import { readEnvironment } from '@backend-jobs/runtime';
import { expect, test } from 'vitest';
import { telemetryVariables } from '../src/index.ts';

const read = (environment: Record<string, string>) => readEnvironment(telemetryVariables, environment);

test('nothing is on by default', () => {
  expect(read({})).toEqual({ metricsPort: undefined, tracing: undefined });
});

test('an endpoint switches traces on, one in a hundred by default', () => {
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }).tracing).toEqual({
    endpoint: 'http://collector:4318',
    sampledShare: 0.01,
  });
  const of = (share: string) =>
    read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://x/otlp', OTEL_TRACES_SAMPLER_ARG: share }).tracing;
  expect(['0', '1', '.5', '0.25'].map((share) => of(share)?.sampledShare)).toEqual([0, 1, 0.5, 0.25]);
});

test.for([
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'traces.example:4318' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://us:secret@collector' },
  { OTEL_TRACES_SAMPLER_ARG: '1.1' },
  { OTEL_TRACES_SAMPLER_ARG: '1%' },
  { OTEL_TRACES_SAMPLER_ARG: '1e-2' },
  { METRICS_PORT: '0' },
])('%o is refused, without its value', (environment) => {
  const [name = '', value = ''] = Object.entries(environment)[0] ?? [];
  expect(() => read(environment)).toThrow(name);
  expect(() => read(environment)).not.toThrow(value);
});
