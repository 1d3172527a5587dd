import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Manifest } from './read-manifests.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** What Kubernetes' or KEDA's definition of an object says against it. */
export interface Fault {
  /** Kind and name. */
  manifest: string;
  message: string;
}

/**
 * Checks objects against the types of Kubernetes and KEDA, strictly: a field that they do not have is a fault, as are a
 * missing one, another type, and a kind that does not exist.
 *
 * Each object is written as a literal of its type, and the TypeScript compiler reads it: it refuses unknown fields in a
 * literal, at any depth. The validators that come with the types let them pass.
 */
export const findFaults = async (manifests: readonly Manifest[]): Promise<Fault[]> => {
  const folder = await mkdtemp(join(modules, '.manifests-'));
  try {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    for (const [index, manifest] of manifests.entries())
      await writeFile(join(folder, `${index}.ts`), toLiteral(manifest));
    const output = await compile(folder);
    return [...output.matchAll(/^.*?(\d+)\.ts\(\d+,\d+\): error (.*(?:\n .*)*)/gm)].map(
      ([, index, message = '']) => {
        const { kind, metadata } = manifests[Number(index)] as Manifest;
        return { manifest: `${kind} ${metadata.name}`, message };
      },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
};

const settings = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'preserve',
    moduleResolution: 'bundler',
    types: [],
  },
  include: ['*.ts'],
};

const toLiteral = (manifest: Manifest): string => {
  const { apiVersion, kind } = manifest;
  const library = apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';
  return `import type { I${kind} } from '${library}/${apiVersion}/${kind}';
export const manifest: I${kind} = ${JSON.stringify(manifest, null, 2)};
`;
};

/** @throws when the compiler does not run, or fails without having said what is wrong */
const compile = async (folder: string): Promise<string> => {
  const run = promisify(execFile)(
    join(repository, 'node_modules/.bin/tsc'),
    ['-p', folder, '--pretty', 'false'],
    {
      cwd: folder,
    },
  );
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => {
      if (error.stdout?.includes('error TS')) return error.stdout;
      throw error;
    },
  );
};
