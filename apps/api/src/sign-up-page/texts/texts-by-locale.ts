import type { Locale } from '@backend-jobs/sign-ups';
import { en } from './en.ts';
import { ptBR } from './pt-br.ts';
import type { Texts } from './texts.ts';

export const texts: Record<Locale, Texts> = { en, 'pt-BR': ptBR };
