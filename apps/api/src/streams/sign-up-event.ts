import { createHash } from 'node:crypto';
import type { FoundSignUp, SignUpStatus } from '../sign-up-status.ts';

/** One message of a stream of server-sent events. */
export interface SignUpEvent {
  /** Stands for all that the event says: a client who comes again with it as `Last-Event-ID` knows that much. */
  id: string;
  text: string;
}

/** Makes JSON of a status, with what its reader may see. */
export type ToJson = (status: SignUpStatus) => string;

/** `settled` is the last event of a stream, unless the sign-up is deleted meanwhile. */
export const statusEvent = ({ status, isSettled }: FoundSignUp, toJson: ToJson): SignUpEvent =>
  toEvent(isSettled ? 'settled' : 'status', toJson(status));

export const deletedEvent = toEvent('deleted', '{}');

function toEvent(name: string, json: string): SignUpEvent {
  const id = createHash('sha256').update(`${name} ${json}`).digest('base64url').slice(0, 16);
  return { id, text: `event: ${name}\nid: ${id}\ndata: ${json}\n\n` };
}
