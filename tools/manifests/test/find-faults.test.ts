import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findFaults, type Manifest, parseManifests, readManifests } from '../src/index.ts';

const deploy = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const manifests = readManifests(deploy);

const find = (kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  return found;
};

/** A manifest of this repository in which one thing, as JSON has it, stands in another's place. */
const spoil = (kind: string, name: string, from: string, to: string): Manifest => {
  const text = JSON.stringify(find(kind, name));
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to)) as Manifest;
};

test('what is in deploy/ is what Kubernetes and KEDA define', async () => {
  expect(manifests.map(({ kind }) => kind).sort()).toEqual([
    'Deployment',
    'Deployment',
    'Job',
    'Namespace',
    'NetworkPolicy',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'PodDisruptionBudget',
    'ScaledObject',
    'Service',
    'Service',
  ]);
  expect(await findFaults(manifests)).toEqual([]);
});

const faults = [
  ['Deployment', 'api', '"readinessProbe"', '"readinesProbe"', /readinesProbe"' does not exist/],
  ['Deployment', 'api', '"labels"', '"label"', /label"' does not exist/],
  ['Deployment', 'worker', '"drop"', '"drops"', /drops"' does not exist/],
  ['Deployment', 'worker', '"failureThreshold":60', '"failureThreshold":"60"', /'string' is not assignable/],
  ['Deployment', 'worker', '"selector"', '"selectors"', /selector/],
  ['Job', 'migrate', '"secretKeyRef"', '"secretRef"', /secretRef"' does not exist/],
  ['NetworkPolicy', 'api', '"podSelector"', '"selector"', /elector/],
  ['PodDisruptionBudget', 'api', '"maxUnavailable"', '"maxUnavailible"', /maxUnavailible"' does not exist/],
  ['Service', 'api', '"targetPort"', '"podPort"', /podPort"' does not exist/],
  ['Service', 'api', '"v1"', '"v2"', /Cannot find module/],
  ['ScaledObject', 'worker', '"minReplicaCount"', '"minReplicaCoun"', /minReplicaCoun"' does not exist/],
  ['ScaledObject', 'worker', '"stabilizationWindowSeconds"', '"window"', /window"' does not exist/],
  ['ScaledObject', 'worker', '"metricType"', '"metrictype"', /metrictype"' does not exist/],
] as const;

test('a misspelt field, a missing one and a wrong type are found at any depth, each in its manifest', async () => {
  const spoilt = faults.map(([kind, name, from, to]) => spoil(kind, name, from, to));
  const found = await findFaults(spoilt);
  const messages = Map.groupBy(found, ({ manifest }) => manifest);
  for (const [kind, name, , , message] of faults) {
    const ofManifest = messages.get(`${kind} ${name}`)?.map((fault) => fault.message) ?? [];
    expect(ofManifest).toContainEqual(expect.stringMatching(message));
  }
});

test('a key that stands there twice is not YAML', () => {
  expect(() => parseManifests('kind: Service\nkind: Job\n')).toThrow(/unique/);
});
