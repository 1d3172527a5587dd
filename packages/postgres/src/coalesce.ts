import { isConflict, isFaultOfRow } from './database-errors.ts';

interface Coalescing<Input, Output> {
  /** Does all of them in one statement, and returns what became of each, in the same order. */
  run(inputs: Input[]): Promise<Output[]>;
  /** What two calls must not have in common to be done in one statement: the rows that they change. */
  keysOf(input: Input): readonly string[];
  maxRows: number;
  /** How many statements of this kind may be on their way at once. */
  maxInFlight?: number;
}

interface Call<Input, Output> {
  input: Input;
  keys: readonly string[];
  resolve(output: Output): void;
  reject(error: unknown): void;
}

const conflictTries = 5;

/**
 * Does the calls of one turn of the event loop, and those that come while others are on their way, in one statement: a
 * statement costs the processes on both sides more than its rows do.
 *
 * A statement that fails for what may be the fault of one row is done again row by row, so that no call fails for
 * another.
 */
export const coalesce = <Input, Output>({
  run,
  keysOf,
  maxRows,
  maxInFlight = 2,
}: Coalescing<Input, Output>): ((input: Input) => Promise<Output>) => {
  let waiting: Call<Input, Output>[] = [];
  let inFlight = 0;
  let isScheduled = false;

  /** The first ones that have nothing in common. Those that are left keep their order. */
  const take = (): Call<Input, Output>[] => {
    const batch: Call<Input, Output>[] = [];
    const keys = new Set<string>();
    const left: typeof waiting = [];
    let looked = 0;
    for (const call of waiting) {
      if (batch.length === maxRows) break;
      looked += 1;
      const isApart = call.keys.every((key) => !keys.has(key));
      (isApart ? batch : left).push(call);
      // One that is left comes before those that have something in common with it.
      for (const key of call.keys) keys.add(key);
    }
    waiting = [...left, ...waiting.slice(looked)];
    return batch;
  };

  const runOne = async (call: Call<Input, Output>): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        const [output] = await run([call.input]);
        return call.resolve(output as Output);
      } catch (error) {
        if (!isConflict(error) || tries === conflictTries) return call.reject(error);
      }
    }
  };

  const runAll = async (batch: Call<Input, Output>[]): Promise<void> => {
    if (batch.length === 1) return runOne(batch[0] as Call<Input, Output>);
    try {
      const outputs = await run(batch.map(({ input }) => input));
      for (const [index, call] of batch.entries()) call.resolve(outputs[index] as Output);
    } catch (error) {
      if (isFaultOfRow(error)) for (const call of batch) await runOne(call);
      else for (const call of batch) call.reject(error);
    }
  };

  const send = (): void => {
    isScheduled = false;
    while (waiting.length > 0 && inFlight < maxInFlight) {
      inFlight += 1;
      void runAll(take()).finally(() => {
        inFlight -= 1;
        send();
      });
    }
  };

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, keys: keysOf(input), resolve, reject });
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(send);
    });
};
