import { databaseVariables } from '@backend-jobs/postgres';
import { redisVariables } from '@backend-jobs/redis';
import { type Declaration, processVariables, type Variable } from '@backend-jobs/runtime';
import { telemetryVariables } from '@backend-jobs/telemetry';
import { apiVariables } from '../../apps/api/src/config.ts';
import { workerVariables } from '../../apps/worker/src/config.ts';
import { devVariables } from '../../tools/dev/src/config.ts';

/** All variables that each app and `npm start` read. */
export const variablesOf = { api: apiVariables, worker: workerVariables, dev: devVariables };

/** Declarations by the name of their variable. One that is a part of several values is there once. */
export type Declarations = ReadonlyMap<string, Declaration>;

const declarationsOf = (variables: Record<string, Variable<unknown>>): Declarations =>
  new Map(
    Object.values(variables)
      .flatMap(({ declarations }) => declarations)
      .map((declaration) => [declaration.name, declaration]),
  );

const without = (declarations: Declarations, others: Declarations): Declarations =>
  new Map([...declarations].filter(([name]) => !others.has(name)));

const api = declarationsOf(apiVariables);
const worker = declarationsOf(workerVariables);
const both = declarationsOf({
  ...redisVariables,
  ...databaseVariables,
  ...telemetryVariables,
  ...processVariables,
});

export const declared = { api, worker };

/** As `docs/configuration.md` has them, a table for each. */
export const tables = {
  both,
  api: without(api, both),
  worker: without(worker, both),
  dev: declarationsOf(devVariables),
};
