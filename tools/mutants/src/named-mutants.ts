import { dashboardMutants } from './named/dashboard-mutants.ts';
import { environmentMutants } from './named/environment-mutants.ts';
import { frontDoorMutants } from './named/front-door-mutants.ts';
import { mailMutants } from './named/mail-mutants.ts';
import { signUpMutants } from './named/sign-up-mutants.ts';

export const namedMutants = [
  ...dashboardMutants,
  ...frontDoorMutants,
  ...mailMutants,
  ...signUpMutants,
  ...environmentMutants,
];
