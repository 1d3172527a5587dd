import type { NewUser } from '@backend-jobs/sign-ups';

/**
 * An operator needs to see the jobs and not the people. The mask leaves enough to tell one job from another. A job that
 * was added by hand may hold anything, even nothing.
 */
export const maskPerson = (data: { newUser?: Partial<NewUser> } | null) =>
  data?.newUser ? { ...data, newUser: mask(data.newUser) } : data;

/** `A•••` and `a•••@e•••.com`. */
export const mask = ({ name, email }: Partial<NewUser>) => {
  const [local, domain = ''] = textOf(email).split('@');
  const topLevel = domain.slice(domain.lastIndexOf('.') + 1);
  return { name: maskWord(textOf(name)), email: `${maskWord(local)}@${maskWord(domain)}.${topLevel}` };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const maskWord = (word = ''): string => `${[...word][0] ?? ''}•••`;
