import { Socket } from 'node:net';

/**
 * Loaded into a program ahead of its main (`node --import`). It dies in the step that it says `DIE_SAYING` of, as soon as
 * it has asked a server `DIE_AFTER_REQUESTS` times since. From outside it would be killed too late where the step is short.
 */
const { DIE_SAYING = '', DIE_AFTER_REQUESTS = '1' } = process.env;
const { write } = Socket.prototype;
let left = Number(DIE_AFTER_REQUESTS);
let hasSaid = false;

Socket.prototype.write = function (this: Socket, ...args: unknown[]): boolean {
  const isTaken = Reflect.apply(write, this, args) as boolean;
  if (this === process.stdout) hasSaid ||= String(args[0]).includes(DIE_SAYING);
  else if (hasSaid) left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  return isTaken;
};
