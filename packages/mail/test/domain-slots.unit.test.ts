import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registrableDomainOf } from '../src/domain-of.ts';
import { createDomainSlots } from '../src/domain-slots.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const enterMany = (slots: ReturnType<typeof createDomainSlots>, domain: string, count: number) =>
  Array.from({ length: count }, () => slots.enter(domain)).filter((slot) => slot.kind === 'entered');

describe('of 20 slots', () => {
  test('a domain that has not replied gets five, and another is not held up', () => {
    const slots = createDomainSlots(20);
    expect(enterMany(slots, 'new.example', 20)).toHaveLength(5);
    expect(slots.enter('new.example')).toEqual({ kind: 'crowded', retryAfterMs: 200 });
    expect(enterMany(slots, 'other.example', 5)).toHaveLength(5);
  });

  test('domains that have not replied get ten together, and leave ten to those that have', () => {
    const slots = createDomainSlots(20);
    enterMany(slots, 'good.example', 1)[0]?.leave(true);
    const stalling = Array.from({ length: 60 }, (_, index) => enterMany(slots, `s${index}.example`, 1));
    expect(stalling.flat()).toHaveLength(10);
    expect(enterMany(slots, 'good.example', 10)).toHaveLength(10);
    stalling[0]?.[0]?.leave(false);
    expect(enterMany(slots, 'next.example', 5)).toHaveLength(1);
  });

  test('a domain that replies may have them all', () => {
    const slots = createDomainSlots(20);
    const [first] = enterMany(slots, 'good.example', 5);
    first?.leave(true);
    expect(enterMany(slots, 'good.example', 16)).toHaveLength(16);
  });

  test('a domain that stalls gets no more than its share, until it has replied again', () => {
    const slots = createDomainSlots(20);
    const [first, second] = enterMany(slots, 'slow.example', 5);
    first?.leave(true);
    enterMany(slots, 'slow.example', 5);
    vi.advanceTimersByTime(2_001);
    expect(slots.enter('slow.example')).toEqual({ kind: 'crowded', retryAfterMs: 2_000 });
    second?.leave(false);
    expect(slots.enter('slow.example')).toEqual({ kind: 'crowded', retryAfterMs: 2_000 });
  });

  test('a domain that has replied need not prove itself again, for a minute', () => {
    const slots = createDomainSlots(20);
    for (const slot of enterMany(slots, 'fast.example', 5)) slot.leave(true);
    const again = enterMany(slots, 'fast.example', 20);
    expect(again).toHaveLength(20);
    for (const slot of again) slot.leave(true);
    vi.advanceTimersByTime(60_001);
    expect(enterMany(slots, 'fast.example', 20)).toHaveLength(5);
  });

  test('a domain that has never replied is no better for having nothing under way', () => {
    const slots = createDomainSlots(20);
    for (const slot of enterMany(slots, 'gone.example', 5)) slot.leave(false);
    expect(enterMany(slots, 'gone.example', 20)).toHaveLength(5);
  });
});

test.for([
  ['ada@example.com', 'example.com'],
  ['ada@a.b.c.example.com', 'example.com'],
  ['ada@mail.example.co.uk', 'example.co.uk'],
  ['ada@SUB.Example.COM', 'example.com'],
])('the registrable domain of %s is %s', ([address, domain]) => {
  expect(registrableDomainOf(address as string)).toBe(domain);
});
