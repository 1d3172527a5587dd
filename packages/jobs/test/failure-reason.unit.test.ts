import { describe, expect, test } from 'vitest';
import { groupReason } from '../src/redrives/failure-reason.ts';

describe('groupReason', () => {
  test.for<[string, string, string]>([
    [
      'queue ids and hosts of a mail server',
      '550 5.1.1 4bXyZ19qTz: no such user (in mx3.example.com)',
      '550 5.1.1 7cAbC02kLm: no such user (in mx11.example.org)',
    ],
    [
      'ids of sign-ups',
      'The record of sign-up 019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10 is not valid',
      'The record of sign-up 019bfa3f-0000-7c3a-9d55-2f1b6a9c4e11 is not valid',
    ],
    [
      'addresses and ports',
      'ESOCKET: connect ECONNREFUSED 10.0.0.7:25',
      'ESOCKET: connect ECONNREFUSED 10.1.2.3:2525',
    ],
    ['addresses of IPv6', 'connect ETIMEDOUT 2001:db8::1:25', 'connect ETIMEDOUT 2001:db8:0:1::2:587'],
    [
      'dates and sizes',
      '452 4.2.2 over quota since Mon, 02 Feb 2026 12:00:01 +0100 (1024 of 1000 KB)',
      '452 4.2.2 over quota since Tue, 13 Oct 2026 02:40:59 -0300 (99 of 98 KB)',
    ],
    [
      'links with a key of the sender',
      '421 4.7.0 see https://support.example.com/a?k=8723-a for more',
      '421 4.7.0 see https://support.example.com/b?k=11 for more',
    ],
  ])('puts what differs only by %s into one group', ([, one, other]) => {
    expect(groupReason(one)).toBe(groupReason(other));
  });

  test('keeps the words and the status code apart', () => {
    const reasons = [
      '550 5.1.1 no such user',
      '550 5.2.2 no such user',
      '551 5.1.1 no such user',
      '550 5.1.1 mailbox full',
    ];
    expect(new Set(reasons.map(groupReason))).toEqual(new Set(reasons));
  });

  test('reads well', () => {
    expect(groupReason('550-5.1.1 4bXyZ19q:  no such user (in mx3.example.com)')).toBe(
      '550 5.1.1 …: no such user (in …)',
    );
    expect(groupReason('')).toBe('no reason given');
  });

  test('is stable, so that a group can be asked for by its name', () => {
    const group = groupReason('550 5.1.1 4bXyZ19q: no such user at 10.0.0.1 on Mon, 02 Feb 2026');
    expect(groupReason(group)).toBe(group);
  });

  test('takes no longer for a reason that is made to be slow', () => {
    const evil = ['a.', 'a-1', '1.', '[:', ' …', '::'].map((part) => part.repeat(100_000));
    for (const reason of evil) expect(groupReason(reason).length).toBeLessThanOrEqual(301);
  });
});
