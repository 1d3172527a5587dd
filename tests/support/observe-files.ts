import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const observeFolder = join(import.meta.dirname, '../../observe');
const read = (file: string) => readFileSync(join(observeFolder, file), 'utf8');

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  annotations?: { runbook: string };
}

export const rules = (parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { expr: string; datasource: { uid: string } }[];
}

export const board = JSON.parse(read('grafana/dashboards/sign-ups.json')) as {
  panels: Panel[];
  templating: { list: { name: string; type: string }[] };
};

/** Grafana puts a span in here that fits what is shown. */
export const inPrometheus = (expr: string): string => expr.replaceAll('$__rate_interval', '1m');

interface ScrapeConfig {
  job_name: string;
  dns_sd_configs: { names: string[] }[];
}

/** `observe/prometheus.yml`, with two targets on this machine in place of names, and no patience. */
export const observed = (ports: Record<string, number>): object => {
  const config = parse(read('prometheus.yml')) as { scrape_configs: ScrapeConfig[] };
  return {
    ...config,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(observeFolder, 'alerts.yml')],
    scrape_configs: config.scrape_configs.map(({ job_name, dns_sd_configs }) => ({
      job_name,
      static_configs: [{ targets: [`127.0.0.1:${ports[dns_sd_configs[0]?.names[0] ?? '']}`] }],
    })),
  };
};

/** The table of `docs/metrics.md`. `series` is what a query finds of a metric. */
export const documentedMetrics = [
  ...read('../docs/metrics.md').matchAll(/^\| `([a-z_0-9]+)` +\| (counter|gauge|histogram) +\| ([^|]*) \|/gm),
].map(([, name = '', type = '', labels = '']) => ({
  name,
  type,
  series: type === 'histogram' ? `${name}_count` : name,
  labels: [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label]) => label),
}));
