import { findMachinePart, findPostfix } from '@backend-jobs/local-services';
import { beforeEach } from 'vitest';

export const postfixPrograms = await findMachinePart({
  name: 'Postfix',
  tests: 'mail through a real relay',
  find: findPostfix,
});

beforeEach(postfixPrograms.orSkip);
