/** Bull Board groups the queues of a shard by what stands before this. */
export const boardDelimiter = '/';

/** The name of a queue on the board, which tells queues apart by their names alone: `shard 03/users`, or `users`. */
export const boardName = (shard: string, queue: string): string => boardPrefix(shard) + queue;

export const boardPrefix = (shard: string): string => (shard === '' ? '' : shard + boardDelimiter);
