import type { RunningApi } from '@backend-jobs/local-services';
import type { Acceptor } from './contender.ts';

/** Starts the API of each, all of them at once. They end with `opened`, also when one of them did not start. */
export const startApis = async <Name extends string>(
  acceptors: readonly Acceptor<Name>[],
  services: { redisUrl: string },
  opened: AsyncDisposableStack,
): Promise<Map<Name, RunningApi>> => {
  const starts = acceptors.map(({ startApi }) => startApi(services));
  opened.defer(async () => {
    const started = await Promise.allSettled(starts);
    await Promise.all(started.map((api) => api.status === 'fulfilled' && api.value.stop()));
  });
  const apis = await Promise.all(starts);
  return new Map(acceptors.map(({ name }, index) => [name, apis[index] as RunningApi]));
};
