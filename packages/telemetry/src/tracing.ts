import type { Telemetry } from 'bullmq';

type Attributes = Record<string, string | number>;

/** A request that is traced. */
export interface RequestSpan {
  /** Calls `next`; what it does, and what follows from that, belongs to the trace. */
  enter(next: () => void): void;
  /** Call it once, when the response is sent. `route` is the pattern, and never the URL. */
  end(response: { method: string; route: string | undefined; statusCode: number }): void;
}

/** Traces of this process. What is not sampled costs next to nothing, and leaves nothing on a job. */
export interface Tracing {
  /**
   * Begins the trace of a request. Returns `undefined` if the request is not sampled. The client's `traceparent` is
   * linked; if it is trusted, the request becomes a part of that trace and follows its decision about sampling.
   */
  startRequest(traceparent: string | undefined, options: { isTrusted: boolean }): RequestSpan | undefined;
  /** For BullMQ's queues and workers. */
  readonly queues: Telemetry;
  /**
   * Runs `call`, which asks another server, in a span of the trace that is under way, if there is one. `attributesOf`
   * says what its result adds.
   */
  client<Result>(
    span: { name: string; attributes: Attributes; attributesOf: (result: Result) => Attributes },
    call: () => Promise<Result>,
  ): Promise<Result>;
  /** The trace that is under way, for a line of the log. */
  facts(): { traceId?: string };
  /** Sends what is left, if that takes less than a second. */
  close(): Promise<void>;
}
