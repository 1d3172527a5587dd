/** How many clients sign up at once, where the load is as heavy as it can be, and where it is a crowd's. */
export const connections = 50;
export const crowdConnections = 200;

/** What the load process is told, as its one argument. */
export interface LoadOrder {
  /** Of the API. */
  url: string;
  connections: number;
  /** In the addresses of those who sign up, so that no two loads have the same. */
  tag: string;
  /** So many requests, or so many seconds. */
  until: { requests: number } | { seconds: number };
  /** What is answered before that does not count: this process, too, has to warm up. */
  ignoreFirstMs: number;
}

/** What it prints. All of its answers were 202. */
export interface LoadResult {
  accepted: number;
  acceptedPerSecond: number;
  p99Ms: number;
  /** That the load itself took for each answer that counts. */
  processorUs: number;
}
