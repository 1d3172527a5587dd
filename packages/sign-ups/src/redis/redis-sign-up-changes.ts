import type { Redis } from 'ioredis';
import type { SignUpChanges } from '../sign-up-changes.ts';
import { createRecordKey } from './keys.ts';

/** What is looked at again, at the latest, after so long. */
const lookEveryMs = { subscribed: 15_000, unsubscribed: 1_000 };
const tickMs = 1_000;
const tryAgainMs = 15_000;

/** A sign-up that somebody follows. */
interface Followed {
  looks: Set<() => void>;
  lookedAtMs: number;
  isSubscribed: boolean;
}

/**
 * Listens to what the scripts publish, over one connection for all sign-ups. It connects when the first one is followed.
 *
 * @param subscriber from `connectSubscriber`; the caller ends it
 * @param options.onRefused called when Redis does not let this user listen, once each time that it begins
 */
export const createRedisSignUpChanges = (
  subscriber: Redis,
  { keyPrefix, onRefused }: { keyPrefix: string; onRefused: (error: Error) => void },
): SignUpChanges => {
  const channelOf = createRecordKey(keyPrefix);
  const followedByChannel = new Map<string, Followed>();
  let timer: NodeJS.Timeout | undefined;
  let triedAtMs = 0;
  let isRefused = false;

  const lookAgain = (followed: Followed) => {
    followed.lookedAtMs = performance.now();
    for (const look of followed.looks) look();
  };

  /** Fails while there is no connection; then each `ready` and each try does it again. */
  const subscribe = async (channels: string[]) => {
    if (channels.length === 0) return;
    try {
      await subscriber.subscribe(...channels);
      isRefused = false;
    } catch (error) {
      const isRefusal = error instanceof Error && error.message.startsWith('NOPERM');
      if (isRefusal && !isRefused) onRefused(error);
      isRefused ||= isRefusal;
      return;
    }
    for (const channel of channels) {
      const followed = followedByChannel.get(channel);
      if (!followed) continue; // left meanwhile, and unsubscribed behind this
      followed.isSubscribed = true;
      lookAgain(followed);
    }
  };

  const subscribeMissing = () =>
    subscribe(
      [...followedByChannel].flatMap(([channel, { isSubscribed }]) => (isSubscribed ? [] : [channel])),
    );

  const tick = () => {
    const nowMs = performance.now();
    for (const followed of followedByChannel.values()) {
      const everyMs = followed.isSubscribed ? lookEveryMs.subscribed : lookEveryMs.unsubscribed;
      if (nowMs - followed.lookedAtMs >= everyMs - tickMs / 2) lookAgain(followed);
    }
    if (nowMs - triedAtMs < tryAgainMs || subscriber.status !== 'ready') return;
    triedAtMs = nowMs;
    void subscribeMissing();
    // A connection whose other end vanished is noticed by an answer that does not come.
    subscriber.ping().catch(() => {});
  };

  const start = () => {
    timer ??= setInterval(tick, tickMs).unref();
    if (subscriber.status === 'wait') subscriber.connect().catch(() => {}); // it tries again by itself
  };

  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };

  subscriber.on('error', () => {}); // the connection that reads reports that Redis is away
  subscriber.on('ready', subscribeMissing);
  subscriber.on('close', () => {
    for (const followed of followedByChannel.values()) followed.isSubscribed = false;
  });
  subscriber.on('message', (channel: string) => {
    const followed = followedByChannel.get(channel);
    if (followed) lookAgain(followed);
  });

  return {
    follow: (id, look) => {
      const channel = channelOf(id);
      const known = followedByChannel.get(channel);
      const followed = known ?? { looks: new Set(), lookedAtMs: performance.now(), isSubscribed: false };
      followed.looks.add(look);
      if (!known) {
        followedByChannel.set(channel, followed);
        start();
        if (subscriber.status === 'ready') void subscribe([channel]);
      } else if (known.isSubscribed) look();
      return () => {
        if (!followed.looks.delete(look) || followed.looks.size > 0) return;
        followedByChannel.delete(channel);
        if (followedByChannel.size === 0) stop();
        subscriber.unsubscribe(channel).catch(() => {}); // without a connection there is nothing to end
      };
    },
  };
};
