import { connectionMutants } from './named/connection-mutants.ts';
import { dashboardMutants } from './named/dashboard-mutants.ts';
import { environmentMutants } from './named/environment-mutants.ts';
import { frontDoorMutants } from './named/front-door-mutants.ts';
import { httpMutants } from './named/http-mutants.ts';
import { limitMutants } from './named/limit-mutants.ts';
import { mailMutants } from './named/mail-mutants.ts';
import { moveMutants } from './named/move-mutants.ts';
import { operatorMutants } from './named/operator-mutants.ts';
import { pageMutants } from './named/page-mutants.ts';
import { postgresMutants } from './named/postgres-mutants.ts';
import { redriveMutants } from './named/redrive-mutants.ts';
import { shardMutants } from './named/shard-mutants.ts';
import { signUpMutants } from './named/sign-up-mutants.ts';
import { telemetryMutants } from './named/telemetry-mutants.ts';

export const namedMutants = [
  ...dashboardMutants,
  ...operatorMutants,
  ...frontDoorMutants,
  ...limitMutants,
  ...httpMutants,
  ...connectionMutants,
  ...mailMutants,
  ...redriveMutants,
  ...signUpMutants,
  ...shardMutants,
  ...postgresMutants,
  ...moveMutants,
  ...telemetryMutants,
  ...pageMutants,
  ...environmentMutants,
];
