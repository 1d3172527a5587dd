import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findMachinePart } from '@backend-jobs/local-services';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { board, documentedMetrics, observeFolder, type Panel, rules } from './support/observe-files.ts';
import { prometheusPart } from './support/observed-world.ts';

const programs = await findMachinePart(prometheusPart);
const readText = (path: string) => readFileSync(join(observeFolder, '..', path), 'utf8');
const alerts = rules.flatMap(({ alert, annotations }) => (alert ? [{ alert, annotations }] : []));

describe('the files of Prometheus', () => {
  test.for([
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])('pass promtool %s %s %s', async (args, context) => {
    programs.orSkip(context);
    const { stdout } = await promisify(execFile)(programs.get().promtool, args, { cwd: observeFolder });
    expect(stdout).toContain('SUCCESS');
  });

  test('have a case for each alert in which it fires, and one in which it does not', () => {
    const { tests } = parse(readText('observe/alerts.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: { exp_labels: { app?: string } }[] }[] }[];
    };
    const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    for (const name of new Set(alerts.map(({ alert }) => alert))) {
      const ofAlert = cases.filter(({ alertname }) => alertname === name);
      expect([name, ofAlert.some(({ exp_alerts }) => exp_alerts.length > 0)]).toEqual([name, true]);
      expect([name, ofAlert.some(({ exp_alerts }) => exp_alerts.length === 0)]).toEqual([name, true]);
    }
  });

  test('lead from each alert to what to do', () => {
    const chapters = [...readText('docs/alerts.md').matchAll(/^## (\w+)$/gm)].map(([, title]) => title);
    for (const { alert, annotations } of alerts)
      expect(annotations?.runbook).toBe(`docs/alerts.md#${alert.toLowerCase()}`);
    expect(new Set(chapters)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });
});

describe('the board', () => {
  const panels = board.panels.filter(({ type }) => type !== 'row');

  test('has panels with ids of their own, which do not overlap', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel) =>
      a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    const clashes = board.panels.flatMap((panel, index) =>
      board.panels.slice(index + 1).filter((other) => overlap(panel, other)),
    );
    expect(clashes).toEqual([]);
    for (const { gridPos } of board.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test('takes its data from where its reader says', () => {
    expect(board.templating.list).toMatchObject([
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
    ]);
    for (const { datasource, targets = [] } of panels) {
      expect(targets.length).toBeGreaterThan(0);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: how Grafana writes a variable
      const variable = '${datasource}';
      expect([datasource, ...targets.map((target) => target.datasource)].map((of) => of?.uid)).toEqual(
        Array(targets.length + 1).fill(variable),
      );
    }
  });

  test('shows every metric of docs/metrics.md', () => {
    const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n');
    expect(documentedMetrics.length).toBeGreaterThan(15);
    const missing = documentedMetrics.filter(
      ({ name }) => !new RegExp(`\\b${name}(_bucket|_count)?\\b`).test(shown),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

test('compose.observe.yaml joins the services of compose.yaml, mounts files that are there, and is for this machine alone', () => {
  interface Compose {
    services: Record<string, { image?: string; volumes?: string[]; ports?: string[] }>;
  }
  const service = parse(readText('compose.yaml'), { merge: true }) as Compose;
  const { services } = parse(readText('compose.observe.yaml'), { merge: true }) as Compose;
  const own = Object.entries(services).filter(([, { image }]) => image === undefined);
  expect(own.map(([name]) => name)).toEqual(['api', 'worker']);
  for (const [name] of own) expect(service.services).toHaveProperty(name);
  for (const { volumes = [], ports = [] } of Object.values(services)) {
    for (const volume of volumes)
      expect([volume, existsSync(join(observeFolder, '..', volume.split(':')[0] ?? ''))]).toEqual([
        volume,
        true,
      ]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});
