/**
 * Makes a function of one that reads much. It reads once at a time: whoever asks meanwhile gets the same, and so does
 * whoever asks within the time that it took, after it. So it takes half of a process' time at most, however many ask.
 */
export const shareReading = <Result>(read: () => Promise<Result>): (() => Promise<Result>) => {
  let reading: Promise<Result> | undefined;
  const forget = () => {
    reading = undefined;
  };
  return () => {
    if (reading) return reading;
    const startedAtMs = performance.now();
    reading = read();
    reading.then(() => setTimeout(forget, performance.now() - startedAtMs).unref(), forget);
    return reading;
  };
};
