/** How the attempt to send one message ended. A `reason` is what the server or the connection said, without addresses. */
export type MailOutcome =
  /** The server has taken it. */
  | { kind: 'sent' }
  /** The server will never take this message. */
  | { kind: 'refused'; reason: string }
  | Suspect
  | Deferred
  /** The connection broke after the message was handed over, before the server replied. */
  | { kind: 'uncertain'; reason: string }
  | Unavailable;

/** The server did not take it now, and may later. */
interface Deferred {
  kind: 'deferred';
  reason: string;
  evidence: string;
  /** What the fault is about, as far as it is known. */
  about: 'message' | 'service' | 'unclear';
}

/**
 * The server refused it for good, but perhaps for a reason of the service and not of this message: its policy, its routes,
 * or the sender.
 *
 * `evidence` names a fault that may be the service's: the same one for messages to several domains says that the service
 * is ill.
 */
interface Suspect {
  kind: 'suspect';
  reason: string;
  evidence: string;
  refusals?: Refusals;
}

/** How often a message was refused while others passed, and when that was counted last, by the clock of Redis. */
export interface Refusals {
  count: number;
  sinceMs: number;
}

/** No connection could be had, so no message was tried. */
export interface Unavailable {
  kind: 'unavailable';
  reason: string;
  retryAfterMs: number;
}
