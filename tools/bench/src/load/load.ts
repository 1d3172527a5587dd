/** How many clients sign up at once, wherever the load is as heavy as it can be. */
export const connections = 50;

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
  p50Ms: number;
  p99Ms: number;
}
