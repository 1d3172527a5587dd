export interface Answer {
  status: number;
  /** Whether the server closes the connection after it. */
  isLast: boolean;
  text: string;
}

const headEnd = '\r\n\r\n';

/** Reads the answers that come over one connection, one to each request, wherever the network cuts them. */
export class AnswerReader {
  #pending = '';

  /**
   * Takes what came, one character for each byte, and returns the answer if that was the end of one.
   *
   * @throws when the answer does not say how long it is, or more came than it says
   */
  receive(text: string): Answer | undefined {
    this.#pending += text;
    const bodyAt = this.#pending.indexOf(headEnd) + headEnd.length;
    if (bodyAt < headEnd.length) return undefined;
    const length = /\r\ncontent-length: *(\d+)\r/i.exec(this.#pending)?.[1];
    const missing = bodyAt + Number(length) - this.#pending.length;
    if (missing > 0) return undefined;
    const answer = this.#pending;
    if (missing !== 0) throw new Error(`An answer that is not as long as it says: ${answer}`);
    this.#pending = '';
    return {
      status: Number(answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 202'.length)),
      isLast: /\r\nconnection: *close\r/i.test(answer),
      text: answer,
    };
  }
}
