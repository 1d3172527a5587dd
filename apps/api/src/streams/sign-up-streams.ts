import type { ServerResponse } from 'node:http';
import { isOutage } from '@backend-jobs/redis';
import type { Logger } from '@backend-jobs/runtime';
import type { SignUpChanges, UserId } from '@backend-jobs/sign-ups';
import { Problem } from '../problems/problem.ts';
import type { FoundSignUp } from '../sign-up-status.ts';
import type { SignUps } from '../sign-ups.ts';
import { deletedEvent, statusEvent, type ToJson } from './sign-up-event.ts';
import { SignUpStream } from './sign-up-stream.ts';
import { StreamsByClient } from './streams-by-client.ts';

/** All streams that this process has open. */
export interface SignUpStreams {
  readonly count: number;
  /** @throws {Problem} `unavailable` when `client` may open no more streams */
  requireRoom(client: string): void;
  /**
   * Sends what was found, and then each change, until the sign-up has settled or the client goes. When there is no room, the
   * client who has most streams loses the oldest of them.
   */
  open(response: ServerResponse, options: StreamOptions): void;
  /** Ends them all, and opens no more. Their clients reconnect, to another process. */
  close(): void;
}

interface StreamOptions {
  id: UserId;
  found: FoundSignUp;
  toJson: ToJson;
  /** Who follows: an API key or an address. */
  client: string;
}

interface Deps {
  signUps: Pick<SignUps, 'find'>;
  changes: SignUpChanges;
  logger: Logger;
  max: number;
  /** How long a stream stays open. Then its client has to reconnect, with a key that is still valid. */
  maxOpenMs?: number;
}

const sweepEveryMs = 1_000;
const fullRetryAfterSeconds = 5;

export const createSignUpStreams = (deps: Deps): SignUpStreams => {
  const { signUps, changes, logger, max, maxOpenMs = 5 * 60_000 } = deps;
  const streams = new StreamsByClient(max);
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const sweep = () => {
    const nowMs = performance.now();
    for (const stream of streams.all) {
      if (nowMs - stream.openedAtMs >= maxOpenMs) stream.end();
      else stream.sendHeartbeat(nowMs);
    }
  };

  return {
    get count() {
      return streams.all.size;
    },

    requireRoom: (client) => {
      if (isClosed) throw new Problem('unavailable', 'The server is shutting down');
      if (!streams.hasRoomFor(client))
        throw new Problem('unavailable', 'Too many streams are open', {
          retryAfterSeconds: fullRetryAfterSeconds,
        });
    },

    open: (response, { id, found, toJson, client }) => {
      // Its client left while the sign-up was read. It is closed already, so that nothing would end the stream.
      if (response.destroyed) return;
      const stream = new SignUpStream(response, client);
      stream.send(statusEvent(found, toJson));
      if (found.isSettled) return stream.end();

      const show = (now: FoundSignUp | undefined) => {
        stream.send(now ? statusEvent(now, toJson) : deletedEvent);
        if (!now || now.isSettled) stream.end();
      };
      const look = oneAtATime(async () => {
        try {
          if (!stream.isOver) show(await signUps.find(id));
        } catch (error) {
          if (isOutage(error)) return; // the next change, or the next regular look, tries again
          logger.error({ err: error }, 'a stream failed');
          stream.end();
        }
      });
      const stopFollowing = changes.follow(id, look);
      streams.add(stream)?.end();
      timer ??= setInterval(sweep, sweepEveryMs).unref();
      response.once('close', () => {
        stopFollowing();
        streams.delete(stream);
        if (streams.all.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },

    close: () => {
      isClosed = true;
      for (const stream of streams.all) stream.end();
    },
  };
};

/** Runs `work`, and once more if it is called meanwhile: the run under way may have read what was there before that call. */
const oneAtATime = (work: () => Promise<void>): (() => void) => {
  let isRunning = false;
  let isCalledAgain = false;
  return async () => {
    isCalledAgain = true;
    if (isRunning) return;
    isRunning = true;
    while (isCalledAgain) {
      isCalledAgain = false;
      await work();
    }
    isRunning = false;
  };
};
