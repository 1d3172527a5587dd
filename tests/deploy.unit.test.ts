import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifests } from '@backend-jobs/manifests';
import { databaseVariables } from '@backend-jobs/postgres';
import { readEnvironment, type Variable } from '@backend-jobs/runtime';
import { describe, expect, test } from 'vitest';
import { declared, variablesOf } from './support/declarations.ts';

interface Probe {
  httpGet: { path: string; port: string };
}

interface Container {
  args?: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string; optional?: boolean } } }[];
  ports?: { name: string; containerPort: number }[];
  securityContext: object;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
}

type Labels = Record<string, string>;

interface Pod {
  metadata: { labels: Labels };
  spec: {
    securityContext: object;
    terminationGracePeriodSeconds: number;
    topologySpreadConstraints: { labelSelector: { matchLabels: Labels } }[];
    containers: [Container];
  };
}

const root = join(import.meta.dirname, '..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const [, setByImage = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
const inImage = [...readFileSync(join(root, '.dockerignore'), 'utf8').matchAll(/^!(.*)$/gm)].map(
  ([, path]) => path,
);
const isInImage = (file: string) => inImage.some((path) => file === path || file.startsWith(`${path}/`));
const imageEnv = Object.fromEntries(setByImage.split(' ').map((setting) => setting.split('=')));

const manifests = readManifests(join(root, 'deploy')) as unknown as {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: unknown;
}[];
const specOf = <Spec>(kind: string, name: string): Spec => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  return found?.spec as Spec;
};
const podOf = (kind: string, name: string): Pod => specOf<{ template: Pod }>(kind, name).template;

const pods = [
  { name: 'api', pod: podOf('Deployment', 'api'), variables: variablesOf.api, healthPort: 3_000 },
  { name: 'worker', pod: podOf('Deployment', 'worker'), variables: variablesOf.worker, healthPort: 3_001 },
  { name: 'migrate', pod: podOf('Job', 'migrate'), variables: databaseVariables, healthPort: undefined },
];
const apps = pods.filter(({ name }) => name !== 'migrate');

const secrets: Record<string, string> = {
  'redis-url': 'rediss://backend-jobs:a-password-of-redis@redis.example.com',
  'smtp-url': 'smtp://us:a-password@mail.example.com:587',
  'hash-secret': '8a81c5fd6fe2b3907e248a81c5fd6fe2b3907e24',
  'admin-password': '0d36c1e4f7a94b2f',
  'database-url': 'postgres://us:a-password@postgres.example.com/backend_jobs?sslmode=verify-full',
};

/** What the app finds in its environment: a secret that need not be there is not. */
const environmentOf = (container: Container): Record<string, string> => ({
  ...imageEnv,
  ...Object.fromEntries(
    container.env
      .filter(({ valueFrom }) => !valueFrom?.secretKeyRef.optional)
      .map(({ name, value, valueFrom }) => [name, value ?? secrets[valueFrom?.secretKeyRef.key ?? ''] ?? '']),
  ),
});

describe.for(pods)('the pod of $name', ({ pod, variables, name }) => {
  const container = pod.spec.containers[0];

  test('has an environment of variables that the app reads, with which it starts in production', () => {
    const known = name === 'migrate' ? ['DATABASE_URL'] : [...declared[name as 'api' | 'worker'].keys()];
    expect(container.env.map((variable) => variable.name).filter((each) => !known.includes(each))).toEqual(
      [],
    );
    const environment = environmentOf(container);
    const config = readEnvironment(variables as Record<string, Variable<unknown>>, environment);
    if (name !== 'migrate') expect(config).toMatchObject({ isProduction: true, host: '0.0.0.0' });
  });

  test('has rights over nothing', () => {
    expect(dockerfile).toMatch(/^USER node$/m); // user and group 1000 of the image
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1_000,
        runAsGroup: 1_000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('runs a program of the image, and says what it takes', () => {
    const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const args = container.args ?? (JSON.parse(command) as string[]);
    const main = args.at(-1) ?? '';
    expect(main).toBe(`apps/${name}/src/main.ts`);
    expect(existsSync(join(root, main))).toBe(true);
    expect(isInImage(main)).toBe(true);
    if (name !== 'migrate') expect(args.slice(0, -1)).toEqual(JSON.parse(command).slice(0, -1));
    expect(Object.keys(container.resources.requests).sort()).toEqual(['cpu', 'memory']);
    expect(Object.keys(container.resources.limits)).toEqual(['memory']);
  });
});

describe.for(apps)('the pods of $name', ({ pod, name, variables, healthPort }) => {
  const container = pod.spec.containers[0];
  const { labels } = pod.metadata;

  test('are asked at the ports on which the app answers', () => {
    const portOf = new Map(container.ports?.map((port) => [port.name, port.containerPort]));
    expect(portOf.get('metrics')).toBe(Number(imageEnv.METRICS_PORT));
    const asked = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    expect(asked.map(({ httpGet }) => httpGet.path)).toEqual(['/livez', '/livez', '/readyz']);
    for (const { httpGet } of asked) expect(portOf.get(httpGet.port)).toBe(healthPort);
    if (name === 'worker') expect(healthPort).toBe(Number(imageEnv.HEALTH_PORT));
    else expect(declared.api.get('PORT')?.default).toBe(String(healthPort));
  });

  test('have longer to end than the app takes by itself', () => {
    const config = readEnvironment(variables as typeof variablesOf.api, environmentOf(container));
    const neededMs = (config.drainDelayMs ?? 0) + config.shutdownTimeoutMs + 1_000;
    expect(pod.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(neededMs);
  });

  test('are those that the budget, the spread and the deployment mean', () => {
    const selectors = [
      specOf<{ selector: { matchLabels: Labels } }>('Deployment', name).selector.matchLabels,
      specOf<{ selector: { matchLabels: Labels } }>('PodDisruptionBudget', name).selector.matchLabels,
      specOf<{ podSelector: { matchLabels: Labels } }>('NetworkPolicy', name).podSelector.matchLabels,
      ...pod.spec.topologySpreadConstraints.map(({ labelSelector }) => labelSelector.matchLabels),
    ];
    expect(selectors.length).toBe(5);
    for (const selector of selectors) expect(selector).toEqual(labels);
  });
});

test('everything is in one namespace, which the URL of the autoscaler names', () => {
  for (const { kind, metadata } of manifests)
    if (kind !== 'Namespace') expect(metadata.namespace).toBe('backend-jobs');
  const scaled = specOf<{
    scaleTargetRef: { name: string };
    minReplicaCount: number;
    triggers: { type: string; metricType: string; metadata: Record<string, string> }[];
  }>('ScaledObject', 'worker');
  expect(scaled.minReplicaCount).toBeGreaterThanOrEqual(2);
  const [trigger] = scaled.triggers;
  const metrics = specOf<{ selector: Labels; ports: { port: number; targetPort: string }[] }>(
    'Service',
    'api-metrics',
  );
  expect(metrics.selector).toEqual(podOf('Deployment', 'api').metadata.labels);
  expect(metrics.ports).toEqual([{ name: 'metrics', port: 9_464, targetPort: 'metrics' }]);
  expect(trigger).toMatchObject({ type: 'metrics-api', metricType: 'Value' });
  // The names that KEDA's scaler reads, all of them.
  expect(trigger?.metadata).toEqual({
    url: 'http://api-metrics.backend-jobs.svc.cluster.local:9464/scaling',
    format: 'json',
    valueLocation: 'oldestWaitingSeconds',
    targetValue: expect.stringMatching(/^\d+$/),
  });
  // A number of replicas in the file would undo what the autoscaler has decided, each time that it is applied.
  expect(specOf<{ replicas?: number }>('Deployment', scaled.scaleTargetRef.name).replicas).toBeUndefined();
});

test('the image has each program that the documentation runs there', () => {
  const pages = globSync(['*.md', 'docs/*.md', 'deploy/*.md', 'compose*.yaml'], { cwd: root });
  const programs = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\bapps\/[a-z-]+\/src\/main\.ts/g)].map(
      ([path]) => path,
    ),
  );
  expect(new Set(programs).size).toBeGreaterThan(4);
  expect(programs.filter((path) => !isInImage(path) || !existsSync(join(root, path)))).toEqual([]);
});
