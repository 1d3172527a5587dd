import type { ChildProcess } from 'node:child_process';
import { glob, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { outputTail } from '../../output-tail.ts';
import { spawnTethered } from '../../spawn-tethered.ts';
import { stopProcess } from '../../stop-process.ts';
import { untilReady } from '../../until-ready.ts';
import type { PostfixPlace } from './write-postfix.ts';

/** Where the modules of Perl's packages are; PERL5LIB does not count for a program that checks taint. */
const perlFolders = [
  'usr/share/perl5',
  'usr/share/perl/[0-9]*.[0-9]*',
  'usr/lib/*/perl5/*',
  'usr/lib/*/perl/[0-9]*.[0-9]*',
];

/** Postfix asks it about each recipient. Ends with this process. */
export const startPostgrey = async (place: PostfixPlace, delayS: number): Promise<ChildProcess> => {
  const {
    root,
    env: { LD_PRELOAD: _, ...env },
  } = place.programs;
  const data = join(place.folder, 'postgrey');
  await mkdir(data, { recursive: true });
  const modules = await Array.fromAsync(glob(perlFolders, { cwd: root }));
  const child = spawnTethered(
    'perl',
    [
      ...['-T', '-w', ...modules.map((folder) => `-I${join(root, folder)}`), join(root, 'usr/sbin/postgrey')],
      ...[`--inet=127.0.0.1:${place.postgreyPort}`, `--delay=${delayS}`, `--dbdir=${data}`],
      ...[`--user=${userInfo().uid || 'root'}`, `--group=${userInfo().gid || 'root'}`],
      `--whitelist-clients=${join(root, 'usr/share/postgrey/whitelist_clients')}`,
      `--whitelist-recipients=${join(root, 'usr/share/postgrey/whitelist_recipients')}`,
    ],
    { env, stdout: 'pipe', stderr: 'pipe' },
  );
  try {
    await untilReady({
      name: 'postgrey',
      child,
      output: outputTail(child),
      isReady: () => answers(place.postgreyPort),
      withinMs: 20_000,
    });
  } catch (error) {
    await stopProcess(child, { graceMs: 1_000 });
    throw error;
  }
  return child;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
