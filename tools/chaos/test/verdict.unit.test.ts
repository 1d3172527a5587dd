import type { ReceivedMessage } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { findSecondCopies } from '../src/copies.ts';
import type { InjectedFault } from '../src/inject.ts';
import type { SignUpAttempt } from '../src/load.ts';
import { histogramOf, recoveriesOf } from '../src/recovery.ts';
import { type Evidence, judge } from '../src/verdict.ts';

const email = 'chaos.1@example.com';
const accepted: SignUpAttempt = { email, sentAtMs: 0, respondedAtMs: 5, status: 202, id: 'ada' };
const unanswered: SignUpAttempt = { ...accepted, email: 'chaos.2@example.com', status: 0, id: undefined };
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
    attempts: [accepted],
    outcomes: welcomed('sent'),
    messages: new Map([['ada', [message(0)]]]),
    refused: new Set(),
    unexpectedEnds: [],
    mayBeLost: 0,
    audit: { code: 0, counts: { 'created, email sent': 1 }, output: '' },
    ...more,
  }).broken;

const audited = (count: number) => ({ code: 0, counts: { 'created, email sent': count }, output: '' });

test('no promise is broken when everybody was welcomed once', () => {
  expect(brokenIn({})).toEqual([]);
});

test('an accepted sign-up that the service does not know is lost, unless Redis may have lost so many', () => {
  const lost = { outcomes: new Map(), messages: new Map(), audit: audited(0) };
  expect(brokenIn(lost)).toEqual(['1 accepted sign-ups are lost: ada']);
  expect(brokenIn({ ...lost, mayBeLost: 1 })).toEqual([]);
});

test('a second copy must be counted by the service', () => {
  const messages = new Map([['ada', [message(0), message(10)]]]);
  expect(brokenIn({ messages, outcomes: welcomed('sent', 1) })).toEqual([]);
  expect(brokenIn({ messages })).toEqual([
    'ada: 2 copies arrived, but the service counted 0 possible second copies',
  ]);
});

test('an email may only fail for an address that was refused', () => {
  const failed = { outcomes: welcomed('failed'), messages: new Map() };
  expect(brokenIn({ ...failed, refused: new Set([email]) })).toEqual([]);
  expect(brokenIn(failed)).toEqual(['ada: failed, although its address was not refused']);
});

test('an email that was sent must have been received, and every email must settle', () => {
  expect(brokenIn({ messages: new Map() })).toEqual(['ada: sent, but not received']);
  expect(brokenIn({ outcomes: welcomed('unknown') })).toEqual([
    'ada: it has not settled: created, email unknown',
  ]);
});

test('an email may stay unknown only after the most copies, and no more than those may arrive', () => {
  const unknown = { outcomes: welcomed('unknown', 3) };
  expect(brokenIn({ ...unknown, messages: new Map() })).toEqual([]);
  const copies = [message(0), message(10), message(20)];
  expect(brokenIn({ ...unknown, messages: new Map([['ada', copies]]) })).toEqual([]);
  expect(brokenIn({ ...unknown, messages: new Map([['ada', [...copies, message(30)]]]) })).toEqual([
    'ada: 4 copies arrived',
  ]);
});

test('a sign-up whose response was lost is allowed; one that nobody requested is not', () => {
  expect(brokenIn({ attempts: [accepted, unanswered], audit: audited(2) })).toEqual([]);
  expect(brokenIn({ audit: audited(2) })).toHaveLength(1);
});

test('a failed audit, an app that ended by itself and an unexpected status break a promise', () => {
  expect(brokenIn({ audit: { ...audited(1), code: 1, output: 'it hangs' } })).toHaveLength(1);
  expect(brokenIn({ unexpectedEnds: ['worker 1 ended by itself (1)'] })).toHaveLength(1);
  expect(brokenIn({ attempts: [accepted, { ...unanswered, status: 500 }] })).toEqual([
    'a response had the status 500',
  ]);
});

const fault = (more: Partial<InjectedFault>): InjectedFault => ({
  part: 'worker 2',
  fault: 'killed',
  atMs: 0,
  lastsMs: 0,
  startedAtMs: 0,
  repairedAtMs: 0,
  recoversFromMs: 0,
  appearance: 'gone',
  mayCopy: true,
  ...more,
});

test('the causes of a second copy are the faults at the time of the copy before', () => {
  const copies = new Map([['ada', [message(20_000), message(28_000)]]]);
  const causesUnder = (...faults: InjectedFault[]) =>
    findSecondCopies(copies, faults).map((copy) => copy.causes);
  const killed = fault({ startedAtMs: 20_500, repairedAtMs: 22_000 });
  const later = fault({ part: 'Redis', fault: 'frozen', startedAtMs: 25_000, repairedAtMs: 26_000 });
  expect(causesUnder(killed, later, { ...killed, mayCopy: false, fault: 'other' })).toEqual([
    ['worker killed'],
  ]);
  expect(causesUnder(later)).toEqual([['Redis frozen']]);
  expect(causesUnder()).toEqual([[]]);
});

test('recovery lasts until the last person who waited is welcomed', () => {
  const frozen = fault({ part: 'Redis', fault: 'frozen', startedAtMs: 1_000, recoversFromMs: 3_000 });
  const waits = [
    { acceptedAtMs: 100, sentAtMs: 900 }, // before it
    { acceptedAtMs: 900, sentAtMs: 5_000 },
    { acceptedAtMs: 3_100, sentAtMs: 9_000 }, // after it
  ];
  expect(recoveriesOf([frozen, { ...frozen, startedAtMs: 9_500, recoversFromMs: 9_600 }], waits)).toEqual([
    { name: 'Redis frozen', count: 2, noticed: 1, medianMs: 0, worstMs: 2_000 },
  ]);
  expect(histogramOf(waits).filter(({ count }) => count > 0)).toEqual([
    { label: '< 1 s', count: 1 },
    { label: '< 5 s', count: 1 },
    { label: '< 10 s', count: 1 },
  ]);
});
