import { readFileSync } from 'node:fs';
import type { Declaration } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Declarations, declared, tables } from './support/declarations.ts';

const readPage = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

/** The rows of each table of variables: its cells, trimmed. */
const readTables = (page: string): string[][][] => {
  const rows = readPage(page)
    .split(/\n(?!\|)/)
    .map((block) => [...block.matchAll(/^\| (`[A-Z_]+` .*) \|$/gm)]);
  return rows
    .filter((matches) => matches.length > 0)
    .map((matches) => matches.map(([, row = '']) => row.split('|').map((cell) => cell.trim())));
};

interface Words {
  none: string;
  required: string;
  inProduction: string;
}

const defaultOf = (declaration: Declaration, { none, required, inProduction }: Words): string => {
  if (declaration.required === 'always') return required;
  if (declaration.required === 'in production') return `${required} ${inProduction}`;
  return declaration.default ? `\`${declaration.default}\`` : none;
};

const rowsOf = (declarations: Declarations, words: Words): string[][] =>
  [...declarations.values()].map((declaration) => [
    `\`${declaration.name}\``,
    defaultOf(declaration, words),
    declaration.meaning,
  ]);

describe('docs/configuration.md', () => {
  const words = { none: 'none', required: 'required', inProduction: 'in production' };
  const written = readTables('docs/configuration.md');

  test.for(Object.entries(tables).map(([name, declarations], index) => ({ name, declarations, index })))(
    'says of each variable for $name what its declaration says',
    ({ declarations, index }) => {
      expect(written[index]).toEqual(rowsOf(declarations, words));
    },
  );
});

describe('docs/configuration.pt-BR.md', () => {
  const words = { none: 'nenhum', required: 'obrigatória', inProduction: 'em produção' };
  const written = readTables('docs/configuration.pt-BR.md');

  test.for(Object.entries(tables).map(([name, declarations], index) => ({ name, declarations, index })))(
    'has each variable for $name, its default and a meaning',
    ({ declarations, index }) => {
      const expected = rowsOf(declarations, words).map((row) => [
        ...row.slice(0, 2),
        expect.stringMatching(/./),
      ]);
      expect(written[index]).toEqual(expected);
    },
  );
});

describe('compose.yaml', () => {
  const { services } = parse(readPage('compose.yaml'), { merge: true }) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  const [, setByImage = ''] = /^ENV (.*)$/m.exec(readPage('Dockerfile')) ?? [];
  const namesOfImage = setByImage.split(' ').map((setting) => setting.split('=')[0] ?? '');

  /** Whether the operator's value is passed on, with no default that would be written here a second time. */
  const isPassedOn = ([name, text]: [string, string]) => text === `\${${name}:-}`;

  test.for([
    { app: 'api', own: ['PORT'], secrets: ['ADMIN_PASSWORD', 'HASH_SECRET', 'REDIS_URL', 'VIEWER_PASSWORD'] },
    { app: 'worker', own: ['MAIL_FROM'], secrets: ['HASH_SECRET', 'REDIS_URL', 'SMTP_URL'] },
  ] as const)(
    'passes on to the $app all but what the image decides, has values of its own for $own, and files for $secrets',
    (of) => {
      const environment = services[of.app]?.environment ?? {};
      const names = [...declared[of.app].keys()].filter((name) => !namesOfImage.includes(name));
      const inFiles = Object.keys(environment).filter((name) => !names.includes(name));
      expect(inFiles.sort()).toEqual(of.secrets.map((name) => `${name}_FILE`));
      const passed = Object.keys(environment).map((name) => name.replace(/_FILE$/, ''));
      expect(passed.sort()).toEqual(names.sort());
      const own = Object.entries(environment).filter(([name, text]) => {
        return !inFiles.includes(name) && !isPassedOn([name, text]);
      });
      expect(own.map(([name]) => name)).toEqual(of.own);
    },
  );

  test('has a sender for its mailbox, since the image runs in production: the one of development', () => {
    const sender = declared.worker.get('MAIL_FROM')?.default;
    expect(services.worker?.environment?.MAIL_FROM).toBe(`\${MAIL_FROM:-${sender}}`);
  });
});
