export { type Fault, findFaults } from './find-faults.ts';
export { type Manifest, parseManifests, readManifests } from './read-manifests.ts';
