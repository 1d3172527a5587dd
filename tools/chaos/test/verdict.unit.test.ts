import type { ReceivedMessage } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { findSecondCopies } from '../src/copies.ts';
import type { InjectedFault } from '../src/inject.ts';
import type { Ask } from '../src/load.ts';
import { histogramOf, recoveriesOf } from '../src/recovery.ts';
import { type Evidence, judge } from '../src/verdict.ts';

const email = 'chaos.1@example.com';
const ask: Ask = { email, sentAtMs: 0, answeredAtMs: 5, status: 202, id: 'ada' };
const unanswered: Ask = { ...ask, email: 'chaos.2@example.com', status: 0, id: undefined };
const message = (receivedAtMs: number): ReceivedMessage => ({
  from: 'service@example.com',
  to: [email],
  raw: '',
  receivedAtMs,
  header: () => '<welcome.ada@example.com>',
});
const welcomed = (status: string, uncertainAttempts = 0) =>
  new Map([['ada', { id: 'ada', status: 'created', email, welcomeEmail: { status, uncertainAttempts } }]]);

const brokenIn = (more: Partial<Evidence>): string[] =>
  judge({
    asks: [ask],
    outcomes: welcomed('sent'),
    messages: new Map([['ada', [message(0)]]]),
    refused: new Set(),
    complaints: [],
    mayBeLost: 0,
    audit: { code: 0, counts: { 'created, email sent': 1 }, output: '' },
    ...more,
  }).broken;

const audited = (count: number) => ({ code: 0, counts: { 'created, email sent': count }, output: '' });

test('nothing is broken when all was welcomed once', () => {
  expect(brokenIn({})).toEqual([]);
});

test('an accepted sign-up that nobody knows is lost, unless Redis may have lost so many', () => {
  const lost = { outcomes: new Map(), messages: new Map(), audit: audited(0) };
  expect(brokenIn(lost)).toEqual(['1 accepted sign-ups are lost: ada']);
  expect(brokenIn({ ...lost, mayBeLost: 1 })).toEqual([]);
});

test('a second copy has to be counted', () => {
  const messages = new Map([['ada', [message(0), message(10)]]]);
  expect(brokenIn({ messages, outcomes: welcomed('sent', 1) })).toEqual([]);
  expect(brokenIn({ messages })).toEqual(['ada: 2 copies came, and 0 may have been second ones']);
});

test('an email may have failed only for an address that was refused', () => {
  const failed = { outcomes: welcomed('failed'), messages: new Map() };
  expect(brokenIn({ ...failed, refused: new Set([email]) })).toEqual([]);
  expect(brokenIn(failed)).toEqual(['ada: failed, and its address was not refused']);
});

test('a welcome that was sent has been received, and one that never settles hangs', () => {
  expect(brokenIn({ messages: new Map() })).toEqual(['ada: sent, and never received']);
  expect(brokenIn({ outcomes: welcomed('unknown') })).toEqual(['ada: it hangs: created, email unknown']);
});

test('a sign-up whose answer was lost is no fault; one that nobody asked for is', () => {
  expect(brokenIn({ asks: [ask, unanswered], audit: audited(2) })).toEqual([]);
  expect(brokenIn({ audit: audited(2) })).toHaveLength(1);
});

test('the audit, an app that ended by itself, and a status that no outage explains count, too', () => {
  expect(brokenIn({ audit: { ...audited(1), code: 1, output: 'it hangs' } })).toHaveLength(1);
  expect(brokenIn({ complaints: ['worker 1 ended by itself (1)'] })).toHaveLength(1);
  expect(brokenIn({ asks: [ask, { ...unanswered, status: 500 }] })).toEqual(['an answer was 500']);
});

const fault = (more: Partial<InjectedFault>): InjectedFault => ({
  ...{
    part: 'worker 2',
    fault: 'killed',
    atMs: 0,
    lastsMs: 0,
    startedAtMs: 0,
    mendedAtMs: 0,
    healsFromMs: 0,
  },
  appearance: 'gone',
  mayCopy: true,
  ...more,
});

test('the cause of a second copy is what was broken when the one before it came', () => {
  const copies = new Map([['ada', [message(20_000), message(28_000)]]]);
  const causesUnder = (...faults: InjectedFault[]) =>
    findSecondCopies(copies, faults).map((copy) => copy.causes);
  const killed = fault({ startedAtMs: 20_500, mendedAtMs: 22_000 });
  const later = fault({ part: 'Redis', fault: 'frozen', startedAtMs: 25_000, mendedAtMs: 26_000 });
  expect(causesUnder(killed, later, { ...killed, mayCopy: false, fault: 'other' })).toEqual([
    ['worker killed'],
  ]);
  expect(causesUnder(later)).toEqual([['Redis frozen']]);
  expect(causesUnder()).toEqual([[]]);
});

test('recovery lasts until the last who waited is welcomed', () => {
  const frozen = fault({ part: 'Redis', fault: 'frozen', startedAtMs: 1_000, healsFromMs: 3_000 });
  const waits = [
    { acceptedAtMs: 100, sentAtMs: 900 }, // before it
    { acceptedAtMs: 900, sentAtMs: 5_000 },
    { acceptedAtMs: 3_100, sentAtMs: 9_000 }, // after it
  ];
  expect(recoveriesOf([frozen, { ...frozen, startedAtMs: 9_500, healsFromMs: 9_600 }], waits)).toEqual([
    { name: 'Redis frozen', count: 2, felt: 1, medianMs: 0, worstMs: 2_000 },
  ]);
  expect(histogramOf(waits).filter(({ count }) => count > 0)).toEqual([
    { label: '< 1 s', count: 1 },
    { label: '< 5 s', count: 1 },
    { label: '< 10 s', count: 1 },
  ]);
});
