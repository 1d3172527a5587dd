import type { SmtpLine } from './smtp-line.ts';

/** After so many messages a line is closed: some servers refuse more over one connection. */
const messagesOfALine = 100;

/** How long an unused line is kept. */
const idleMs = 30_000;

/** How often one more line is tried, after the server has refused some. */
const growEveryMs = 10_000;

type Acquired = { kind: 'line'; line: SmtpLine } | { kind: 'unavailable'; error: Error } | { kind: 'closed' };

export interface SmtpPool {
  /**
   * Returns an open line that nobody else uses; one that was just opened, if it has to be `fresh`. Waits while as many are
   * in use as the server allows.
   */
  acquire(options?: { fresh: boolean }): Promise<Acquired>;
  /** Takes a line back. */
  release(line: SmtpLine): void;
  /** Closes the unused lines, ends whoever waits for one, and interrupts messages that were not handed over yet. */
  close(): void;
}

/**
 * Connections to the mail server: made when needed, used again, and at most `max`.
 *
 * A server may allow fewer. It refuses a connection then while others work: that is no outage. The pool goes down to the
 * number that works, and up again by one every 10 s; the next refusal takes that back.
 */
export const createSmtpPool = (options: {
  max: number;
  open: (options: { onClose: () => void; signal: AbortSignal }) => Promise<SmtpLine>;
  /** Called when the server allows fewer lines than before. */
  onLimit: (lines: number, error: Error) => void;
}): SmtpPool => {
  const { max, open, onLimit } = options;
  const lines = new Set<SmtpLine>();
  const idle: SmtpLine[] = [];
  const waiting: (() => void)[] = [];
  let opening = 0;
  let limit = max;
  let growth: NodeJS.Timeout | undefined;
  const closing = new AbortController();

  const wakeOne = () => waiting.shift()?.();

  const lower = (error: Error): void => {
    if (lines.size < limit) onLimit(lines.size, error);
    limit = lines.size;
    growth ??= setInterval(grow, growEveryMs).unref();
  };
  const grow = (): void => {
    limit += 1;
    wakeOne();
    if (limit < max) return;
    clearInterval(growth);
    growth = undefined;
  };

  const forget = (line: SmtpLine): void => {
    lines.delete(line);
    wakeOne();
  };

  const openLine = async (): Promise<Acquired> => {
    opening += 1;
    try {
      const line = await open({ onClose: () => forget(line), signal: closing.signal });
      if (line.isOpen) lines.add(line);
      return { kind: 'line', line };
    } catch (error) {
      return { kind: 'unavailable', error: error as Error };
    } finally {
      opening -= 1;
      wakeOne();
    }
  };

  const acquire: SmtpPool['acquire'] = async ({ fresh } = { fresh: false }) => {
    for (;;) {
      if (closing.signal.aborted) return { kind: 'closed' };
      const line = idle.pop();
      if (line?.isOpen && !fresh) return { kind: 'line', line };
      if (line?.isOpen) retire(line);
      if (line) continue;
      if (lines.size + opening < limit) {
        const opened = await openLine();
        if (closing.signal.aborted && opened.kind === 'line') retire(opened.line);
        if (closing.signal.aborted) return { kind: 'closed' };
        if (opened.kind !== 'unavailable' || lines.size === 0) return opened;
        lower(opened.error);
      } else {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
  };

  const retire = (line: SmtpLine): void => {
    line.close();
    forget(line);
  };

  const keep = (line: SmtpLine): void => {
    idle.push(line);
    const { messages } = line;
    const retireUnused = () => {
      const index = idle.indexOf(line);
      if (index === -1 || line.messages !== messages) return;
      idle.splice(index, 1);
      retire(line);
    };
    setTimeout(retireUnused, idleMs).unref();
  };

  return {
    acquire,
    release: (line) => {
      if (closing.signal.aborted || !line.isOpen || line.messages >= messagesOfALine) retire(line);
      else keep(line);
      wakeOne();
    },
    close: () => {
      closing.abort();
      clearInterval(growth);
      for (const line of idle.splice(0)) retire(line);
      for (const line of lines) line.interrupt();
      for (const wake of waiting.splice(0)) wake();
    },
  };
};
