import type { Logger } from '@backend-jobs/runtime';
import type { Tracing } from './tracing.ts';
import type { TracingSettings } from './variables.ts';

/** Starts tracing, if there are `settings`. Only then are its libraries loaded. */
export const openTracing = async (
  settings: TracingSettings | undefined,
  options: {
    /** The name of this process in traces. */
    service: string;
    logger: Logger;
  },
): Promise<Tracing | undefined> => {
  if (!settings) return undefined;
  const { startTracing } = await import('./otel/start-tracing.ts');
  return startTracing(settings, options);
};
