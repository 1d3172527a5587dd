import {
  type ContextManager,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { Tracing } from '../tracing.ts';

/** Spans of requests, with the names and attributes of OpenTelemetry's semantic conventions for HTTP. */
export const createRequestSpans =
  ({
    tracer,
    contexts,
    sampledShare,
  }: {
    tracer: Tracer;
    contexts: ContextManager;
    sampledShare: number;
  }): Tracing['startRequest'] =>
  (traceparent, { isTrusted }) => {
    const caller = traceparent === undefined ? null : parseTraceParent(traceparent);
    const isContinued = caller !== null && isTrusted;
    // First, since most requests end here: a span costs more than this.
    if (!isContinued && Math.random() >= sampledShare) return undefined;
    const parent = isContinued
      ? trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true })
      : ROOT_CONTEXT;
    // Its name is known once the request has its route.
    const span = tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, parent);
    if (!span.isRecording()) return undefined;
    if (caller && !isContinued) span.addLink({ context: caller });
    const context = trace.setSpan(ROOT_CONTEXT, span);
    return {
      enter: (next) => contexts.with(context, next),
      end: ({ method, route, statusCode }) => {
        span.updateName(route === undefined ? method : `${method} ${route}`);
        span.setAttributes({
          'http.request.method': method,
          'http.response.status_code': statusCode,
          ...(route !== undefined && { 'http.route': route }),
        });
        if (statusCode >= 500) {
          span.setAttribute('error.type', String(statusCode));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  };
