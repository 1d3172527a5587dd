import { Redis } from 'ioredis';

/** Redis works on the first of a turn's commands while the process still makes the others. */
const mostHeldBack = 16;

/**
 * Sends the commands of one turn of the event loop in few writes, since a system call costs more than most commands.
 * ioredis' automatic pipelines would send each script's whole text again with each batch; here commands stay as they
 * are. A duplicate, such as the one that BullMQ waits on, is a plain `Redis`.
 */
export class CoalescingRedis extends Redis {
  #tasks: (() => void)[] = [];
  #heldBack = 0;

  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    this.#holdBack();
    const answer = super.sendCommand(...command);
    this.#heldBack += 1;
    if (this.#heldBack >= mostHeldBack) this.#letGo();
    return answer;
  }

  /** Calls `task` when this turn of the event loop ends. What it sends leaves with all that was sent before. */
  atEndOfTurn(task: () => void): void {
    this.#holdBack();
    this.#tasks.push(task);
    // Without a connection nothing is held back.
    if (this.#tasks.length === 1) setImmediate(() => this.#runTasks());
  }

  #holdBack(): void {
    const { stream } = this;
    if (!stream?.writable || stream.writableCorked > 0) return;
    stream.cork();
    setImmediate(() => {
      this.#runTasks();
      this.#letGo();
    });
  }

  #letGo(): void {
    this.#heldBack = 0;
    this.stream?.uncork();
  }

  #runTasks(): void {
    for (const task of this.#tasks.splice(0)) task();
  }
}
