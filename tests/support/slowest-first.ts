import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes half a minute and more, most of it waiting. */
const slow = /\/(slow-server|poison|redis-silent|redis-refuses)\.test\.ts$/;

/** On a new machine vitest begins with the longest files. But what takes long must not be the last, for all wait for it. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => slow.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
