import type { Findings } from '../run.ts';

/** A part of a column: how much of one kind there was within its time. */
interface Segment {
  kind: string;
  y: number;
  height: number;
}

export interface Strip {
  name: string;
  /** What the whole height stands for. */
  most: number;
  columns: { x: number; width: number; segments: Segment[]; title: string }[];
}

interface Canvas {
  toX: (atMs: number) => number;
  height: number;
}

type Event = { atMs: number; kind: string };

/** What clients got, and what was mailed, second by second; in longer steps when there are more than fit. */
export const stripsOf = (findings: Findings, canvas: Canvas): Strip[] => {
  const { asks, messagesAtMs, startedAtMs, endedAtMs } = findings;
  const stepS = Math.ceil((endedAtMs - startedAtMs) / 1_000 / 500);
  const per = stepS === 1 ? 'second' : `${stepS} s`;
  const answers = asks.map(({ sentAtMs, status, id }) => ({
    atMs: sentAtMs,
    kind: id !== undefined ? 'accepted' : status === 0 ? 'no answer' : 'refused',
  }));
  const emails = messagesAtMs.map((atMs) => ({ atMs, kind: 'sent' }));
  const drawStrip = (name: string, events: Event[], kinds: string[]) =>
    stripOf(
      name,
      Map.groupBy(events, ({ atMs }) => Math.floor((atMs - startedAtMs) / stepS / 1_000)),
      {
        ...canvas,
        kinds,
        stepMs: stepS * 1_000,
        startedAtMs,
      },
    );
  return [
    drawStrip(`Sign-ups per ${per}`, answers, ['accepted', 'refused', 'no answer']),
    drawStrip(`Emails per ${per}`, emails, ['sent']),
  ];
};

const stripOf = (
  name: string,
  steps: Map<number, Event[]>,
  canvas: Canvas & { kinds: string[]; stepMs: number; startedAtMs: number },
): Strip => {
  const { toX, height, kinds, stepMs, startedAtMs } = canvas;
  const most = Math.max(1, ...[...steps.values()].map((events) => events.length));
  const columns = [...steps].map(([step, events]) => {
    const x = toX(startedAtMs + step * stepMs);
    const width = Math.max(0.8, toX(startedAtMs + (step + 1) * stepMs) - x - 0.6);
    const counts = kinds.map((kind) => ({
      kind,
      count: events.filter((event) => event.kind === kind).length,
    }));
    const title = counts.map(({ kind, count }) => `${count} ${kind}`).join(', ');
    let y = height;
    const segments = counts.map(({ kind, count }) => {
      const tall = (count / most) * height;
      y -= tall;
      return { kind: kind.replace(' ', '-'), y: Math.round(y * 10) / 10, height: Math.round(tall * 10) / 10 };
    });
    return { x, width, segments: segments.filter((segment) => segment.height > 0), title };
  });
  return { name, most, columns };
};
