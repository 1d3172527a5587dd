import { spawnTethered } from '../../src/spawn-tethered.ts';

/** Starts a program, prints its pid once that runs, and stays. */
const child = spawnTethered('sh', ['-c', 'echo running; exec sleep 60'], { stdout: 'pipe' });
child.stdout?.once('data', () => process.stdout.write(`${child.pid}\n`));
