import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes shell scripts into a folder, to stand in for the programs of the same names on a PATH. */
export const writePrograms = async (folder: string, programs: Record<string, string>): Promise<void> => {
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
};
