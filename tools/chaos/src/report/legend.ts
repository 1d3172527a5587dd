/** Explains the figures of a report. */
export const legend = {
  recovery:
    'The time from the repair (or, for a process, from its end) until the last email was sent to the people who had ' +
    'signed up by then and were still waiting when the fault began. The fault was noticed if there was such a person. ' +
    'Several parts can be broken at the same time, so other faults are included. For an API these are the only cause, ' +
    'since an API sends no mail.',
  backoff:
    'After a 451, or a connection that breaks or stops responding in the middle of a message, the message waits for its ' +
    'next attempt: about 5 s at first (reduced by up to half, at random), then 10, 20 and 40 s. These figures include ' +
    'that intended delay. A server that accepts no mail at all (down, 421, no greeting) uses up no attempt: the worker ' +
    'tries it every 2 s.',
  copies:
    'The causes are the faults that can lead to a copy and were active within 1 s of the copy before. If there were none, ' +
    'they are the faults since 15 s before that copy. A copy is allowed if the service counts it (uncertainAttempts).',
  unseen:
    'No client knows that these sign-ups were accepted, and the service completes them all the same. That is not a ' +
    'failure: a client without a response retries. The ids are those that a message shows.',
  failed: 'An email may only fail if the mail server has refused its address permanently (550).',
};
