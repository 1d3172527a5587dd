import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDomainSlots } from '../src/mail/domain-slots.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const enterMany = (slots: ReturnType<typeof createDomainSlots>, domain: string, count: number) =>
  Array.from({ length: count }, () => slots.enter(domain)).filter((slot) => slot.kind === 'entered');

describe('of 20 slots', () => {
  test('a domain that has not answered gets five, and others are not held up', () => {
    const slots = createDomainSlots(20);
    expect(enterMany(slots, 'new.example', 20)).toHaveLength(5);
    expect(slots.enter('new.example')).toEqual({ kind: 'crowded', retryAfterMs: 200 });
    expect(enterMany(slots, 'other.example', 5)).toHaveLength(5);
  });

  test('a domain that answers may have them all', () => {
    const slots = createDomainSlots(20);
    const [first] = enterMany(slots, 'good.example', 5);
    first?.leave(true);
    expect(enterMany(slots, 'good.example', 16)).toHaveLength(16);
  });

  test('a domain that stalls gets no more than its share, until it has answered again', () => {
    const slots = createDomainSlots(20);
    const [first, second] = enterMany(slots, 'slow.example', 5);
    first?.leave(true);
    enterMany(slots, 'slow.example', 5);
    vi.advanceTimersByTime(2_001);
    expect(slots.enter('slow.example')).toEqual({ kind: 'crowded', retryAfterMs: 2_000 });
    second?.leave(false);
    expect(slots.enter('slow.example')).toEqual({ kind: 'crowded', retryAfterMs: 2_000 });
  });

  test('a domain that has answered need not prove itself again, for a minute', () => {
    const slots = createDomainSlots(20);
    for (const slot of enterMany(slots, 'fast.example', 5)) slot.leave(true);
    const again = enterMany(slots, 'fast.example', 20);
    expect(again).toHaveLength(20);
    for (const slot of again) slot.leave(true);
    vi.advanceTimersByTime(60_001);
    expect(enterMany(slots, 'fast.example', 20)).toHaveLength(5);
  });

  test('a domain that has never answered is no better for having nothing under way', () => {
    const slots = createDomainSlots(20);
    for (const slot of enterMany(slots, 'gone.example', 5)) slot.leave(false);
    expect(enterMany(slots, 'gone.example', 20)).toHaveLength(5);
  });
});
