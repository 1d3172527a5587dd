/** Few enough to be over in about a millisecond. */
const atOnce = 4;

/**
 * A queue of work that can wait: in each round of the event loop a little of it is done, so that requests which arrive
 * meanwhile are served between.
 */
export const takeTurns = () => {
  const queue: (() => void)[] = [];
  const workOn = () => {
    for (const work of queue.splice(0, atOnce)) work();
    if (queue.length > 0) setImmediate(workOn);
  };
  return (work: () => void): void => {
    if (queue.push(work) === 1) setImmediate(workOn);
  };
};
