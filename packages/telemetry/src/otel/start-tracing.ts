import { type Logger, untilDeadline } from '@backend-jobs/runtime';
import { DiagLogLevel, diag, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Tracing } from '../tracing.ts';
import type { TracingSettings } from '../variables.ts';
import { createQueueTelemetry } from './queue-telemetry.ts';
import { createRequestSpans } from './request-spans.ts';

/** How long the end of the process waits for the collector. */
const lastSpansMs = 1_000;

/** Starts a tracer of this process alone: nothing is registered globally, so that no library traces by itself. */
export const startTracing = (
  { endpoint, sampledShare }: TracingSettings,
  { service, logger }: { service: string; logger: Logger },
): Tracing => {
  const contexts = new AsyncLocalStorageContextManager().enable();
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    // Nothing but a request begins a trace, and that is decided before there is a span.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('backend-jobs');
  const report = createReport(logger);
  const log = { error: report, warn: ignore, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(log, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });

  return {
    startRequest: createRequestSpans({ tracer, contexts, sampledShare }),
    queues: createQueueTelemetry(tracer, contexts),

    client: async ({ name, attributes, attributesOf }, call) => {
      const context = contexts.active();
      if (!trace.getSpan(context)?.isRecording()) return call();
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context);
      try {
        const result = await contexts.with(trace.setSpan(context, span), call);
        span.setAttributes(attributesOf(result));
        return result;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },

    facts: () => {
      const span = trace.getSpanContext(contexts.active());
      return span && (span.traceFlags & TraceFlags.SAMPLED) !== 0 ? { traceId: span.traceId } : {};
    },

    close: async () => {
      await untilDeadline(provider.shutdown().catch(report), lastSpansMs);
    },
  };
};

const ignore = () => {};

const quietMs = 60_000;

/** The libraries report each attempt to reach a collector that is away: once a minute is enough. */
const createReport = (logger: Logger) => {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  return (): void => {
    if (performance.now() < quietUntilMs) return;
    quietUntilMs = performance.now() + quietMs;
    logger.warn('traces could not be sent: see OTEL_EXPORTER_OTLP_ENDPOINT, and the collector');
  };
};
