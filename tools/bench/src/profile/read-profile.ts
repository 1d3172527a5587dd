/** What V8 writes with `--cpu-prof`, as far as it is read here. Times are in µs. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

/** A part of the program, and its share of the time in which the program did anything. */
export interface Share {
  part: string;
  share: number;
}

/** The largest first. What a function calls counts for the part in which that is. */
export const sharesOf = ({ nodes, samples, timeDeltas }: CpuProfile): Share[] => {
  const partById = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const timeByPart = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const part = partById.get(id);
    const time = timeDeltas[index] ?? 0;
    if (part === undefined) continue;
    timeByPart.set(part, (timeByPart.get(part) ?? 0) + time);
    total += time;
  }
  return [...timeByPart]
    .map(([part, time]) => ({ part, share: time / total }))
    .toSorted((one, other) => other.share - one.share);
};

const partOf = ({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string | undefined => {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage';
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (library) return library;
  const own = /\/((?:apps|packages)\/[^/]+)\/src\//.exec(url)?.[1];
  if (own) return own;
  if (/^node:.*crypto/.test(url)) return 'Node, hashes';
  if (/^(node:_http|wasm:)/.test(url)) return 'Node, HTTP';
  return /^write/.test(functionName) ? 'Node, writing to sockets' : 'Node, all else';
};
