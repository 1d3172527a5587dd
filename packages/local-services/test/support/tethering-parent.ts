import { spawnTethered } from '../../src/spawn-tethered.ts';

/** Starts the program that its arguments name, prints its pid, and stays. */
const [command = '', ...args] = process.argv.slice(2);
process.stdout.write(`${spawnTethered(command, args).pid}\n`);
setInterval(() => {}, 60_000);
