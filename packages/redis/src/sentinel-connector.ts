import { Socket } from 'node:net';
import { type SentinelConnectionOptions, SentinelConnector } from 'ioredis';

/**
 * What a connector returns when its connection was dropped while it still asked where to connect. ioredis then tries
 * again, unless it was told to close; an error would end the connection for good.
 */
export const closedSocket = (): Socket => new Socket().destroy();

/** ioredis' own, for connections that are dropped when they are silent, or by BullMQ, at any moment. */
export class LastingSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override async connect(...args: Parameters<SentinelConnector['connect']>) {
    try {
      return await super.connect(...args);
    } catch (error) {
      if (this.connecting) throw error;
      return closedSocket();
    }
  }
}
