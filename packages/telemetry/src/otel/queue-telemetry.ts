import {
  type Context,
  type ContextManager,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { Span, Telemetry } from 'bullmq';

const kinds: Record<string, SpanKind> = { add: SpanKind.PRODUCER, process: SpanKind.CONSUMER };

const isSampled = (context: Context): boolean =>
  ((trace.getSpanContext(context)?.traceFlags ?? 0) & TraceFlags.SAMPLED) !== 0;

/** Empty where nothing is sampled: BullMQ then writes nothing to the job. */
const toTraceparent = (context: Context): string => {
  const span = trace.getSpanContext(context);
  return span && isSampled(context) ? `00-${span.traceId}-${span.spanId}-01` : '';
};

/**
 * Tracing of jobs: a span for each `add` in a trace, and one for each run of a job that was added so. All else that
 * BullMQ reports, such as waiting for jobs and renewing locks, gets none. So an idle worker makes no spans, a job of
 * nobody's request has no trace, and every run of a job is a child of what added it.
 */
export const createQueueTelemetry = (tracer: Tracer, contexts: ContextManager): Telemetry<Context> => ({
  tracer: {
    startSpan: (name, _options, context = contexts.active()) => {
      // `add users.create-user`, `process users`: names of queues and jobs that this service has.
      const [operation = '', target = ''] = name.split(' ');
      const kind = kinds[operation];
      const isTraced = kind !== undefined && isSampled(context);
      if (!isTraced) return housekeeping;
      const queue = target.split('.')[0] ?? '';
      const attributes = {
        'messaging.system': 'bullmq',
        'messaging.operation.name': operation,
        'messaging.destination.name': queue,
      };
      return toSpan(tracer.startSpan(`${operation} ${queue}`, { kind, attributes }, context));
    },
  },
  contextManager: {
    // Where nothing is traced, which is almost always, there is nothing to change.
    with: (context, work) => (context === contexts.active() ? work() : contexts.with(context, work)),
    active: () => contexts.active(),
    root: () => ROOT_CONTEXT,
    getMetadata: toTraceparent,
    // A job is its own beginning: what the worker was doing before has nothing to do with it.
    fromMetadata: (_active, metadata) => {
      const caller = parseTraceParent(metadata);
      return caller ? trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true }) : ROOT_CONTEXT;
    },
  },
});

const housekeeping: Span<Context> = {
  setSpanOnContext: (context) => context,
  setAttribute: () => {},
  setAttributes: () => {},
  addEvent: () => {},
  recordException: () => {},
  end: () => {},
};

/** BullMQ's own attributes and events hold results and reasons; of those the span gets that the run failed. */
const toSpan = (span: OtelSpan): Span<Context> => {
  const fail = () => span.setStatus({ code: SpanStatusCode.ERROR });
  return {
    ...housekeeping,
    setSpanOnContext: (context) => trace.setSpan(context, span),
    setAttributes: (attributes) => {
      const id = attributes['bullmq.job.id'];
      if (typeof id === 'string') span.setAttribute('messaging.message.id', id);
    },
    addEvent: (name) => void (name === 'job failed' && fail()),
    recordException: fail,
    end: () => span.end(),
  };
};
