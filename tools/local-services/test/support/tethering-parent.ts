import { spawnTethered } from '../../src/spawn-tethered.ts';

/** Starts a program, prints its pid when it runs, and keeps running. */
const child = spawnTethered('sh', ['-c', 'echo running; exec sleep 60'], { stdout: 'pipe' });
child.stdout?.once('data', () => process.stdout.write(`${child.pid}\n`));
