import { Progress } from '@backend-jobs/runtime';

/** The samples of each contender, in the order of the rounds. */
export type Samples<Name extends string, Sample> = Record<Name, Sample[]>;

/**
 * Lets each contender have its turn, in every round (A B C, A B C …): whatever else the machine does meanwhile then hits
 * all of them alike.
 */
export const byTurns = async <Name extends string, Sample>(
  rounds: number,
  names: readonly Name[],
  turn: (name: Name, round: number) => Promise<Sample>,
): Promise<Samples<Name, Sample>> => {
  const samples = Object.fromEntries(names.map((name): [string, Sample[]] => [name, []])) as Samples<
    Name,
    Sample
  >;
  const progress = new Progress({ name: 'bench', things: 'turns', total: rounds * names.length });
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      progress.show(done++);
      samples[name].push(await turn(name, round));
    }
  }
  progress.end();
  return samples;
};
