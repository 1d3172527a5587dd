import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What `npm run audit:signups` says. */
export const audit = (env: Record<string, string>): Promise<{ code: unknown; output: string }> =>
  new Promise((resolve) => {
    const main = fileURLToPath(new URL('../../../audit/src/main.ts', import.meta.url));
    execFile(process.execPath, [main], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr });
    });
  });
