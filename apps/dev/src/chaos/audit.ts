import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface AuditResult {
  isClean: boolean;
  /** How many sign-ups the service has of each kind. */
  counts: Record<string, number>;
  output: string;
}

const main = fileURLToPath(new URL('../../../audit/src/main.ts', import.meta.url));

/** What `npm run audit:signups` says. */
export const runAudit = (redisUrl: string): Promise<AuditResult> =>
  new Promise((resolve) => {
    const options = { env: { REDIS_URL: redisUrl }, timeout: 60_000 };
    execFile(process.execPath, [main], options, (error, stdout, stderr) => {
      const lines = [...stdout.matchAll(/^ *(\d+) {2}(.+)$/gm)];
      const counts = Object.fromEntries(lines.map(([, count, kind]) => [kind ?? '', Number(count)]));
      resolve({ isClean: error === null, counts, output: (stdout + stderr).trimEnd() });
    });
  });
