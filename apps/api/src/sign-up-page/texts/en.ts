import type { Texts } from './texts.ts';

export const en: Texts = {
  language: 'English',
  form: {
    heading: 'Sign up',
    message: 'We create your account and send you a welcome email.',
    name: 'Name',
    email: 'Email address',
    submit: 'Sign up',
  },
  faults: {
    name: {
      empty: 'Enter your name.',
      tooLong: 'Enter a name of at most 200 characters.',
      invalid: 'Enter your name without control characters or invisible characters.',
    },
    email: {
      empty: 'Enter your email address.',
      tooLong: 'Enter an email address of at most 254 characters.',
      invalid: 'Enter one email address, like ada@example.com, without accents before the @.',
      taken: 'This address can’t be signed up. If it is yours, you may have signed up before.',
      tooMany: 'There were too many sign-ups for this mailbox. Please try again later.',
    },
  },
  stages: {
    queued: {
      heading: 'Almost there',
      message: 'We have received your sign-up, and are creating your account.',
    },
    welcoming: {
      heading: 'Your account is ready',
      message: 'Your welcome email is on its way. You need not wait for it here.',
    },
    welcomed: {
      heading: 'Welcome!',
      message: 'Your account is ready, and your welcome email has been sent.',
    },
    'not-welcomed': {
      heading: 'Your account is ready',
      message: 'Only the welcome email could not be delivered. You need not sign up again.',
    },
    'perhaps-welcomed': {
      heading: 'Your account is ready',
      message: 'Your welcome email may have arrived: we could not find out. You need not sign up again.',
    },
    failed: {
      heading: 'Something went wrong',
      message: 'Your account could not be created. We can try again on our side: you need not sign up again.',
    },
    removed: { heading: 'This sign-up was cancelled', message: 'No account was created.' },
    'email-taken': {
      heading: 'This address can’t be signed up',
      message: 'No account was created. If the address is yours, you may have signed up before.',
    },
    'too-many-sign-ups': {
      heading: 'Too many sign-ups',
      message:
        'No account was created: there were too many sign-ups for this mailbox. Please try again later.',
    },
  },
  steps: [
    { name: 'Your sign-up', states: { done: 'Received' } },
    { name: 'Your account', states: { current: 'Being created', done: 'Created', failed: 'Not created' } },
    {
      name: 'Your welcome email',
      states: {
        todo: 'Not yet',
        current: 'On its way',
        done: 'Sent',
        failed: 'Not delivered',
        unknown: 'Perhaps delivered',
      },
    },
  ],
  refreshes: 'This page refreshes itself every 3 seconds.',
  again: 'Sign up another address',
  problems: {
    'too-many-requests': {
      heading: 'Too many sign-ups',
      message: 'There were too many sign-ups from your network. Wait a moment, and try again.',
    },
    unavailable: {
      heading: 'Not possible at the moment',
      message: 'We can’t reach our records just now. Please try again in a moment.',
    },
    'not-found': { heading: 'Not found', message: 'There is no such sign-up, or it was deleted.' },
    forbidden: {
      heading: 'That did not work',
      message: 'The form was sent from the page of another site. Please fill it in here.',
    },
    other: { heading: 'That did not work', message: 'We could not read what was sent. Please try again.' },
  },
};
