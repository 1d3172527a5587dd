import type { RequestSpan, Tracing } from '@backend-jobs/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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

      app.addHook('onRequest', (request, reply, done) => {
        const { headers, routeOptions } = request;
        const traceparent = [headers.traceparent].flat()[0];
        const span =
          routeOptions.logLevel === 'silent' ? undefined : tracing.startRequest(traceparent, { isTrusted });
        if (!span) return done();
        request.span = span;
        // There is no `onResponse` for a client who has left before.
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) end(request, reply);
        });
        span.enter(done);
      });

      app.addHook('onResponse', (request, reply, done) => {
        const { span } = request;
        end(request, reply);
        // The line of the log that comes next belongs to the trace.
        if (span) span.enter(done);
        else done();
      });
    },
    { name: 'request-spans' },
  );

const end = ({ span, method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): void =>
  span?.end({ method, route: routeOptions.url, statusCode });
