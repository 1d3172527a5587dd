import type { Locale } from '@backend-jobs/sign-ups';
import { namePlaceholder } from './prepare-message.ts';

interface WelcomeTexts {
  subject: string;
  greeting: { byName: string; withoutName: string };
  paragraphs: string[];
  note: string;
}

/** What the welcome email says, in every language that a person can choose. */
export const welcomeTexts: Record<Locale, WelcomeTexts> = {
  en: {
    subject: 'Welcome aboard',
    greeting: { byName: `Welcome, ${namePlaceholder}!`, withoutName: 'Welcome!' },
    paragraphs: [
      'Your account is ready, and it is good to have you here.',
      'There is nothing left for you to do.',
    ],
    note: 'You get this message because this address was used to sign up. If that was not you, please ignore it.',
  },
  'pt-BR': {
    subject: 'Boas-vindas',
    greeting: { byName: `Boas-vindas, ${namePlaceholder}!`, withoutName: 'Boas-vindas!' },
    paragraphs: ['Sua conta está pronta, e é muito bom ter você aqui.', 'Você não precisa fazer mais nada.'],
    note: 'Você recebe esta mensagem porque este endereço foi usado em um cadastro. Se não foi você, pode ignorá-la.',
  },
};
