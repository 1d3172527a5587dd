import { describe, expect } from 'vitest';
import { asAdmin } from './support/credentials.ts';
import { test } from './support/test-api.ts';

describe.for(['/admin/queues', '/admin/queues/queue/users', '/docs/', '/problems', '/'])(
  'the page %s',
  (url) => {
    test('runs no script but those of this server', async ({ api }) => {
      const { headers } = await api.app.inject({ url, headers: asAdmin });
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toContain("default-src 'none'");
      const scripts = policy.filter((directive) => directive.startsWith('script-src'));
      expect(["script-src 'self'", undefined]).toContain(scripts[0]);
      expect(scripts.length).toBeLessThanOrEqual(1);
    });

    test('loads nothing from another site, and is shown in none', async ({ api }) => {
      const { headers, body } = await api.app.inject({ url, headers: asAdmin });
      expect(body).toContain('<html');
      expect(body.match(/<(?:link|script|img)\b[^>]*"https?:[^>]*>/g) ?? []).toEqual([]);
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy.filter((directive) => /https?:|\*/.test(directive))).toEqual([]);
    });
  },
);
