export { type MetricsServer, type MetricsSource, startMetricsServer } from './metrics-server.ts';
export { openTracing } from './open-tracing.ts';
export type { RequestSpan, Tracing } from './tracing.ts';
export { type TracingSettings, telemetryVariables } from './variables.ts';
