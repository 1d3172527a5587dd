import type { Redis } from 'ioredis';
import { isOutage } from './outages.ts';

/**
 * Emits `refused`, with the error, when Redis answers a command but serves nobody, or takes no writes, at the moment.
 * The command itself fails `tellAfterMs` later.
 */
export const noticeRefusals = (connection: Redis, { tellAfterMs }: { tellAfterMs: number }): void => {
  const send = connection.sendCommand.bind(connection);
  connection.sendCommand = (command, ...rest) => {
    const { reject } = command;
    command.reject = (error) => {
      if (error.name !== 'ReplyError' || !isOutage(error)) return reject(error);
      connection.emit('refused', error);
      if (tellAfterMs === 0) reject(error);
      else setTimeout(reject, tellAfterMs, error);
    };
    return send(command, ...rest);
  };
};
