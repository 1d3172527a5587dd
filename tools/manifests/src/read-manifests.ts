import { globSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** A Kubernetes object as somebody has written it: nobody has checked it yet. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/** The objects of a YAML text, in which `---` stands between them. @throws when it is not YAML, or has a key twice */
export const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Manifest;
  });

/** Those of all YAML files of a folder. */
export const readManifests = (folder: string): Manifest[] =>
  globSync('*.yaml', { cwd: folder })
    .sort()
    .flatMap((file) => parseManifests(readFileSync(`${folder}/${file}`, 'utf8')));
