import type { NewUser } from '../../src/index.ts';

export const ada: NewUser = { name: 'Ada Lovelace', email: 'ada@example.com', locale: 'en' };
