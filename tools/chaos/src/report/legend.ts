/** What one has to know to read the figures. */
export const legend = {
  recovery:
    'How long after a fault was mended (after the kill, for a process) the last of those was welcomed who had signed up ' +
    'by then and were not welcomed when it began. It was felt if there was one. The parts break side by side, so what else ' +
    'was broken counts in: all of it, for an API, since that sends no mail.',
  backoff:
    'After a 451, and a line that breaks or falls silent in the middle of a message, that message waits for its next ' +
    'try: about 5 s at first (less up to half, by chance), then 10, 20, 40. That is meant, and is in these figures. ' +
    'A server that takes no mail at all (down, 421, no greeting) costs no attempt: it is asked every 2 s.',
  copies:
    'The causes are the faults that can make a copy and were there when the copy before it came, within 1 s; else those ' +
    'since 15 s before it. A copy is no fault as long as the service counts it (uncertainAttempts).',
  unseen:
    'No client knows of these, and they are done all the same. That is no failure: without an answer a client cannot ' +
    'tell, and asks again. The ids are those that a message tells of.',
  failed:
    'An email has failed for nobody but those whose address the mail server has refused for good (550).',
};
