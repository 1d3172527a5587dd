import { describe, expect, test } from 'vitest';
import { stageOf, stepsOf } from '../src/sign-up-page/texts/stages.ts';
import { texts } from '../src/sign-up-page/texts/texts-by-locale.ts';
import type { SignUpStatus } from '../src/sign-up-status.ts';

const id = '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';
const welcome = (status: 'pending' | 'sending' | 'sent' | 'failed' | 'unknown'): SignUpStatus => ({
  id,
  status: 'created',
  welcomeEmail: { status, attempts: 1 },
});

describe('what a person is told of a sign-up', () => {
  test.for<[SignUpStatus, string, string]>([
    [{ id, status: 'queued' }, 'Almost there', 'Received, Being created, Not yet'],
    [welcome('pending'), 'Your account is ready', 'Received, Created, On its way'],
    [welcome('sending'), 'Your account is ready', 'Received, Created, On its way'],
    [welcome('sent'), 'Welcome!', 'Received, Created, Sent'],
    [welcome('failed'), 'Your account is ready', 'Received, Created, Not delivered'],
    [welcome('unknown'), 'Your account is ready', 'Received, Created, Perhaps delivered'],
    [{ id, status: 'failed' }, 'Something went wrong', 'Received, Not created, Not yet'],
    [{ id, status: 'removed' }, 'This sign-up was cancelled', 'Received, Not created, Not yet'],
    [
      { id, status: 'rejected', reason: 'email-taken' },
      'This address can’t be signed up',
      'Received, Not created, Not yet',
    ],
    [
      { id, status: 'rejected', reason: 'too-many-sign-ups' },
      'Too many sign-ups',
      'Received, Not created, Not yet',
    ],
  ])('%o', ([status, heading, steps]) => {
    const stage = stageOf(status);
    expect(texts.en.stages[stage].heading).toBe(heading);
    for (const { steps: words } of Object.values(texts)) {
      const said = stepsOf(stage).map((state, index) => words[index]?.states[state]);
      expect(said.every(Boolean)).toBe(true);
      if (words === texts.en.steps) expect(said.join(', ')).toBe(steps);
    }
  });
});
