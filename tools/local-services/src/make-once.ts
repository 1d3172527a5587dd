import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

interface Making {
  /** Says of what lies at the place by now whether it can be used. */
  isGood(): Promise<boolean>;
  /** Makes the folder's content in `root`. `workplace` is for what is needed meanwhile; both are removed. */
  make(root: string, workplace: string): Promise<void>;
}

/**
 * Makes a folder that many share. Many processes may call at once: each makes it for itself beside the place, and the
 * first to be done puts it there for all. Nobody sees one that is half made.
 */
export const makeOnce = async (place: string, { isGood, make }: Making): Promise<void> => {
  await mkdir(dirname(place), { recursive: true });
  const workplace = await mkdtemp(join(dirname(place), 'making-'));
  try {
    const root = join(workplace, 'root');
    await mkdir(root);
    await make(root, workplace);
    await putInPlace(root, place, isGood);
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
};

/** Another caller may have been first; its work is kept if it is good. */
const putInPlace = async (root: string, place: string, isGood: () => Promise<boolean>): Promise<void> => {
  try {
    await rename(root, place);
  } catch {
    if (await isGood()) return;
    await rm(place, { recursive: true, force: true });
    await rename(root, place);
  }
};
