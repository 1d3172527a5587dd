import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { contentSecurityPolicy } from '../headers/security-headers.ts';
import { madeOncePlugin } from './made-once.ts';

/**
 * `/openapi.json`, and a page to read it at `/docs`, made from the schemas of the routes that are registered after this
 * plugin.
 */
export const openapiPlugin = fp(
  async (app: FastifyInstance) => {
    await app.register(madeOncePlugin, { urls: ['/openapi.json', '/docs/json', '/docs/yaml'] });
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Backend Jobs',
          version: '1.0.0',
          description: 'Signs users up in the background and sends them a welcome email.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        tags: [
          { name: 'Sign-ups', description: 'Sign users up, follow their progress, list and delete them' },
        ],
        ...(app.basePath && { servers: [{ url: app.basePath }] }),
        components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      },
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      indexPrefix: app.basePath,
      // Swagger UI's page has inline styles.
      staticCSP: contentSecurityPolicy(
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
      ),
      theme: { title: 'Backend Jobs' },
    });
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  },
  { name: 'openapi', dependencies: ['base-path'] },
);
