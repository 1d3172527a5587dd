import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { contentSecurityPolicy } from './security-headers.ts';

/** `/openapi.json` and a page to read it at `/docs`, both made from the routes' own schemas. Register it before them. */
export const openapiPlugin = fp(
  async (app: FastifyInstance) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Backend Jobs',
          version: '1.0.0',
          description: 'Signs people up in the background, and welcomes them by email.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        tags: [{ name: 'Sign-ups', description: 'From a request to a welcomed user' }],
        components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      },
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      // Its page brings styles in its elements.
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
  { name: 'openapi' },
);
