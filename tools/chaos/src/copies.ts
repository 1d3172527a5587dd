import type { ReceivedMessage } from '@backend-jobs/local-services';
import type { InjectedFault } from './inject.ts';

/** Groups the messages by the id of the user, which is part of the Message-ID, in the order in which they arrived. */
export const messagesById = (messages: ReceivedMessage[]): Map<string, ReceivedMessage[]> =>
  Map.groupBy(
    messages.toSorted((one, other) => one.receivedAtMs - other.receivedAtMs),
    (message) => /<welcome\.([^@]+)@/.exec(message.header('message-id') ?? '')?.[1] ?? 'no id',
  );

export interface SecondCopy {
  id: string;
  earlierAtMs: number;
  atMs: number;
  /** The faults that may have kept the worker from knowing about the copy before. */
  causes: string[];
}

/** Returns every copy after the first, with its possible causes. */
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

/** A fault that begins a little later can still prevent a slow worker from recording that the message was sent. */
const nearMs = 1_000;
/** After a half-open connection was repaired, a worker may take up to 15 s to give it up. */
const afterMs = 15_000;

/**
 * Returns the faults that can cause a copy and were active when the earlier copy arrived. If there were none,
 * returns those that had ended shortly before that, or that began before the second copy arrived.
 */
const causesOf = (earlierAtMs: number, atMs: number, faults: InjectedFault[]): string[] => {
  const between = (fromMs: number, toMs: number) =>
    faults.filter(
      ({ mayCopy, startedAtMs, repairedAtMs }) => mayCopy && startedAtMs <= toMs && repairedAtMs >= fromMs,
    );
  const active = between(earlierAtMs - nearMs, earlierAtMs + nearMs);
  const near = active.length > 0 ? active : between(earlierAtMs - afterMs, atMs);
  return [...new Set(near.map(nameOf))].sort();
};

/** Names the kind of fault without the number of the part, such as `worker killed`. */
export const nameOf = ({ part, fault }: { part: string; fault: string }): string =>
  `${part.replace(/ \d+$/, '')} ${fault}`;
