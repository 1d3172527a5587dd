/** The package has no types of its own. */
declare module 'cluster-key-slot' {
  /** The slot of a key in a Redis Cluster, from 0 to 16,383. A part in braces decides alone. */
  const slotOf: (key: string) => number;
  export default slotOf;
}
