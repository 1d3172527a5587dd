import type { ReceivedMessage } from '@backend-jobs/local-services';
import type { InjectedFault } from './inject.ts';

/** What the mail server got, by the user's id, which the Message-ID holds; the copies in the order of their coming. */
export const messagesById = (messages: ReceivedMessage[]): Map<string, ReceivedMessage[]> =>
  Map.groupBy(
    messages.toSorted((one, other) => one.receivedAtMs - other.receivedAtMs),
    (message) => /<welcome\.([^@]+)@/.exec(message.header('message-id') ?? '')?.[1] ?? 'no id',
  );

export interface SecondCopy {
  id: string;
  earlierAtMs: number;
  atMs: number;
  /** What was broken when the copy before it came, so that nobody learned of it. */
  causes: string[];
}

/** Every copy after the first, with what may have made it. */
export const findSecondCopies = (
  byId: Map<string, ReceivedMessage[]>,
  faults: InjectedFault[],
): SecondCopy[] =>
  [...byId].flatMap(([id, messages]) =>
    messages.slice(1).map(({ receivedAtMs: atMs }, index) => {
      const earlierAtMs = messages[index]?.receivedAtMs ?? atMs;
      return { id, earlierAtMs, atMs, causes: causesOf(earlierAtMs, atMs, faults) };
    }),
  );

/** A worker that has taken its time to hear the server, or to tell Redis, is hit by what breaks a little later. */
const nearMs = 1_000;
/** A line that was half-open is dead for the worker until it gives up on it, up to 15 s after the line was mended. */
const afterMs = 15_000;

/**
 * The faults that can make a copy, and were there when the earlier one came; if there were none, those that had ended
 * not long before, or began before the second came.
 */
const causesOf = (earlierAtMs: number, atMs: number, faults: InjectedFault[]): string[] => {
  const between = (fromMs: number, toMs: number) =>
    faults.filter(
      ({ mayCopy, startedAtMs, mendedAtMs }) => mayCopy && startedAtMs <= toMs && mendedAtMs >= fromMs,
    );
  const there = between(earlierAtMs - nearMs, earlierAtMs + nearMs);
  const near = there.length > 0 ? there : between(earlierAtMs - afterMs, atMs);
  return [...new Set(near.map(nameOf))].sort();
};

/** As people speak of it: `worker killed`, whichever of them it was. */
export const nameOf = ({ part, fault }: { part: string; fault: string }): string =>
  `${part.replace(/ \d+$/, '')} ${fault}`;
