interface Wanted<Part> {
  name: string;
  /** What can't be tested without it. */
  tests: string;
  find(search: { report: (line: string) => void }): Promise<Part | undefined>;
}

/**
 * Looks for a part of the machine that some tests take, such as a browser. `orSkip` is for `beforeEach`: where there is
 * no such part it leaves the test out with a note, which the last line of the run repeats.
 */
export const findMachinePart = async <Part>({ name, tests, find }: Wanted<Part>) => {
  const reports: string[] = [];
  const part = await find({ report: (line) => void reports.push(line) });
  const note = `${tests}, since there is no ${name}. ${reports.at(-1) ?? 'This system has no apt-get'}`;
  return {
    /** @throws where there is none */
    get: (): Part => {
      if (part === undefined) throw new Error(note);
      return part;
    },
    orSkip: ({ skip }: { skip: (note: string) => void }): void => {
      if (part === undefined) skip(note);
    },
  };
};
