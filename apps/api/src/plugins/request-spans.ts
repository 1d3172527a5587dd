import type { RequestSpan, Tracing } from '@backend-jobs/telemetry';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request that is traced. */
    span?: RequestSpan;
  }
}

/** Traces requests, apart from those that are not logged either: an orchestrator asks every second whether this runs. */
export const createRequestSpans = (tracing: Tracing, { isTrusted }: { isTrusted: boolean }) =>
  fp(
    async (app: FastifyInstance) => {
      app.decorateRequest('span');

      app.addHook('onRequest', (request, _reply, done) => {
        const { headers, routeOptions } = request;
        const traceparent = [headers.traceparent].flat()[0];
        const span =
          routeOptions.logLevel === 'silent' ? undefined : tracing.startRequest(traceparent, { isTrusted });
        if (!span) return done();
        request.span = span;
        span.enter(done);
      });

      app.addHook('onResponse', ({ span, method, routeOptions }, { statusCode }, done) => {
        span?.end({ method, route: routeOptions.url, statusCode });
        // The line of the log that comes next belongs to the trace.
        if (span) span.enter(done);
        else done();
      });
    },
    { name: 'request-spans' },
  );
