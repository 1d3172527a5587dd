import { createJobRemoval, createRedrives, type QueueShard, spreadRedrives } from '@backend-jobs/jobs';
import { readDeliveries } from '@backend-jobs/mail/deliveries';
import { createMailPulse, spreadMailPulse } from '@backend-jobs/mail/mail-pulse';
import { Shards } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import { createBoardHistory } from '../dashboard/board-history.ts';
import { createTrail } from './access/trail.ts';
import type { AdminOptions } from './admin-plugin.ts';

type StoreOptions = Parameters<typeof openStores>[1];

/**
 * Puts together what the operators' pages use. The first shard has what there is once for all: the trail, and the figures of
 * the workers.
 */
export const createAdminOptions = (
  shards: Shards<QueueShard>,
  { logins, stores: storeOptions }: { logins: AdminOptions['logins']; stores: StoreOptions },
): AdminOptions => {
  const stores = openStores(shards, storeOptions);
  const { connection, keyPrefix } = shards.first;

  const redrives = shards.all.map((shard) =>
    createRedrives({
      ...shard,
      prefix: shard.keyPrefix,
      ...openStores(new Shards([shard]), storeOptions),
      isOwn: (id) => shards.of(id) === shard,
    }),
  );
  const board = shards.all.map(({ name, queues }) => ({
    name,
    queues: [queues.users, queues.emails, queues.maintenance],
    removal: createJobRemoval(queues, stores),
  }));

  return {
    logins,
    trail: createTrail(connection, keyPrefix),
    service: {
      shards: shards.all,
      welcomeEmails: stores.welcomeEmails,
      pulse: spreadMailPulse(shards.all.map((shard) => createMailPulse(shard.connection, shard.keyPrefix))),
    },
    find: { shards, ...stores },
    redrives: spreadRedrives(redrives),
    readDeliveries: (fromMs) => readDeliveries(connection, keyPrefix, fromMs),
    board: { shards: board, history: createBoardHistory(connection, board, keyPrefix) },
  };
};
