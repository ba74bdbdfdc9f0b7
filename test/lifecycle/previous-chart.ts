/** The chart as it may have been before this one: another version, another image, and definitions that know less. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { chart } from '#test/operator/release.ts';

/** A field of a Container's spec that the previous definition does not have. */
export const newField = 'workingDir';

/** Writes it into a new folder and resolves to that. @param imageTag of the operator's image, as the nodes know it */
export async function writePreviousChart(imageTag: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dokkerr-previous-chart-'));
  await cp(chart, folder, { recursive: true });
  await edit(join(folder, 'Chart.yaml'), (about) => ({ ...about, version: '0.0.9', appVersion: imageTag }));
  await edit<Definition>(join(folder, 'files/crds/dokkerr.io_containers.yaml'), withoutNewField);
  return folder;
}

async function edit<T extends object>(path: string, change: (content: T) => T): Promise<void> {
  await writeFile(path, stringify(change(parse(await readFile(path, 'utf8')) as T)));
}

/** Of a CustomResourceDefinition what leads to the fields of a spec. */
interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, unknown> } } } };
    }[];
  };
}

function withoutNewField(definition: Definition): Definition {
  const before = structuredClone(definition);
  for (const { schema } of before.spec.versions) delete schema.openAPIV3Schema.properties.spec.properties[newField];
  return before;
}
