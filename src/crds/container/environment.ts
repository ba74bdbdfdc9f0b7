/** Environment variables of a Container, shaped as in the core API. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { dataKey, environmentName, objectName, text } from '../schema/names.ts';

const keyReference = (holder: string) =>
  z.object({
    name: objectName.describe(`Name of the ${holder}, in the Container's namespace.`),
    key: dataKey.describe(`Key within the ${holder}.`),
    optional: z.boolean().exactOptional().describe(`Start also when the ${holder} or the key is missing.`),
  });

const valueFrom = z
  .object({
    secretKeyRef: keyReference('Secret').exactOptional().describe('One key of a Secret.'),
    configMapKeyRef: keyReference('ConfigMap').exactOptional().describe('One key of a ConfigMap.'),
    fieldRef: z
      .object({ fieldPath: text(320).describe('For example `metadata.name`, `spec.nodeName` or `status.podIP`.') })
      .exactOptional()
      .describe('A field of the pod itself.'),
  })
  .meta(
    rules(
      rule(
        '[has(self.secretKeyRef), has(self.configMapKeyRef), has(self.fieldRef)].filter(x, x).size() == 1',
        'valueFrom takes exactly one of secretKeyRef, configMapKeyRef and fieldRef: keep one of them',
      ),
    ),
  );

const variable = z
  .object({
    name: environmentName.describe('Name of the variable.'),
    value: z
      .string()
      .max(32_768)
      .exactOptional()
      .describe('The value itself. `$(NAME)` refers to a variable declared above.'),
    valueFrom: valueFrom.exactOptional().describe('Where the value comes from, instead of `value`.'),
  })
  .meta(
    rules(
      rule(
        'has(self.value) != has(self.valueFrom)',
        "a variable takes either value or valueFrom: keep one of them (value: '' for an empty variable)",
      ),
    ),
  );

/** `spec.env`. */
export const environment = listByKey(variable, ['name'], 256);

const sourceReference = (holder: string) =>
  z.object({
    name: objectName.describe(`Name of the ${holder}, in the Container's namespace.`),
    optional: z.boolean().exactOptional().describe(`Start also when the ${holder} is missing.`),
  });

/** `spec.envFrom`. */
export const environmentSources = listOf(
  z
    .object({
      prefix: environmentName.exactOptional().describe('Put before the name of each variable.'),
      configMapRef: sourceReference('ConfigMap').exactOptional().describe('All keys of a ConfigMap.'),
      secretRef: sourceReference('Secret').exactOptional().describe('All keys of a Secret.'),
    })
    .meta(
      rules(
        rule(
          'has(self.configMapRef) != has(self.secretRef)',
          'an entry of envFrom takes either configMapRef or secretRef: write two entries for both',
        ),
      ),
    ),
  64,
);

/** One entry of `spec.env`. */
export type EnvironmentVariable = z.infer<typeof variable>;
