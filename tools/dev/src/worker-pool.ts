import { type Seen, wantedWorkers } from './wanted-workers.ts';

/** A worker in a process of its own. */
export interface PooledWorker {
  exited: Promise<number | string>;
  stop(): Promise<void>;
}

export type Load = Pick<Seen, 'waitingMs' | 'activeJobs'>;

export interface WorkerPool {
  /** Starts or stops workers until there are so many. @throws when one of them can't be started */
  change(wanted: number): Promise<void>;
  /**
   * Changes the number as the load needs it, from now on. While `readLoad` does not know the load everything stays as it is.
   */
  follow(readLoad: () => Promise<Load | undefined>): void;
  /** Rejects when a worker ends by itself, or one that the load needs can't be started. It never resolves. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

const lookEveryMs = 250;

export const openWorkerPool = ({
  start,
  report,
}: {
  start: () => Promise<PooledWorker>;
  report: (line: string) => void;
}): WorkerPool => {
  const workers: PooledWorker[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {}); // nobody looks at it before all have started
  let timer: NodeJS.Timeout | undefined;
  let changedMs = 0;
  let lastChange: Promise<void> = Promise.resolve();
  let looking: Promise<void> | undefined;

  const add = (worker: PooledWorker): void => {
    workers.push(worker);
    void worker.exited.then((how) => {
      if (workers.includes(worker))
        reject(new Error(`A worker ended by itself (${how}). Its log above shows the reason`));
    });
  };

  const resize = async (wanted: number): Promise<void> => {
    const missing = Math.max(0, wanted - workers.length);
    const leaving = workers.splice(wanted);
    const starts = await Promise.allSettled(Array.from({ length: missing }, start));
    // Those that have started are stopped in the end, even if another one did not start.
    for (const result of starts) if (result.status === 'fulfilled') add(result.value);
    await Promise.all(leaving.map((worker) => worker.stop()));
    changedMs = performance.now();
    for (const result of starts) if (result.status === 'rejected') throw result.reason;
  };

  // One after the other, so that what is being started is stopped, too.
  const change = (wanted: number): Promise<void> => {
    const changed = lastChange.then(() => resize(wanted));
    lastChange = changed.catch(() => {});
    return changed;
  };

  const look = async (load: Load | undefined): Promise<void> => {
    if (!load) return;
    const wanted = wantedWorkers({
      ...load,
      workers: workers.length,
      sinceChangeMs: performance.now() - changedMs,
    });
    if (wanted === workers.length) return;
    report(`Workers: ${workers.length} → ${wanted}`);
    await change(wanted);
  };

  return {
    change,
    follow: (readLoad) => {
      timer = setInterval(() => {
        looking ??= readLoad()
          .then(look)
          .catch(reject)
          .finally(() => {
            looking = undefined;
          });
      }, lookEveryMs);
    },
    failed,
    stop: async () => {
      clearInterval(timer);
      await looking;
      await change(0);
    },
  };
};
