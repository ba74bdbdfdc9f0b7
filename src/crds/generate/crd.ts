/** A kind → its CustomResourceDefinition, or one error that names everything an API server would refuse. */
import type { KindDefinition, PrinterColumn } from '../kind.ts';
import { checkBounds } from './bounds.ts';
import { toStructural } from './convert.ts';
import { checkDefaults } from './defaults.ts';
import { checkPattern } from './patterns.ts';
import { type Problem, SchemaError, type StructuralSchema, walk } from './schema.ts';
import { checkStructure } from './structure.ts';
import { checkWords } from './words.ts';

/** Client-side apply stores the whole object in an annotation of at most 256 KiB; half of that leaves room to grow. */
const maxBytes = 100_000;

export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string };
  spec: {
    group: string;
    scope: 'Namespaced';
    names: {
      kind: string;
      listKind: string;
      plural: string;
      singular: string;
      shortNames: string[];
      categories: string[];
    };
    versions: {
      name: string;
      served: true;
      storage: true;
      additionalPrinterColumns: PrinterColumn[];
      subresources: { status: Record<string, never>; scale?: KindDefinition['scale'] };
      schema: { openAPIV3Schema: StructuralSchema };
    }[];
  };
}

/** The schema of a kind's whole object. @throws SchemaError */
export function schemaOf(kind: KindDefinition): StructuralSchema {
  const spec = toStructural(kind.spec, 'spec');
  const schema: StructuralSchema = {
    description: kind.description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'Group and version of this object.' },
      kind: { type: 'string', description: 'Kind of this object.' },
      // The bound is the API server's own; stated, it makes rules about the name cheap.
      metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 253 } } },
      spec: { ...spec, description: `What is wanted of the ${kind.kind}.` },
      status: { ...toStructural(kind.status, 'status'), description: `What there is of the ${kind.kind}.` },
    },
    ...(kind.rules.length === 0 ? {} : { 'x-kubernetes-validations': [...kind.rules] }),
  };
  const problems = [
    ...['spec', 'status'].flatMap((part) => checkSchema(schema.properties?.[part] ?? {}, part)),
    // Nobody writes a status by hand.
    ...walk(spec, 'spec', checkWords),
  ];
  if (problems.length > 0) throw new SchemaError(kind.kind, problems);
  return schema;
}

/** Everything an API server, or our conventions, would refuse in a structural schema. */
export function checkSchema(schema: StructuralSchema, path: string): Problem[] {
  return [
    ...walk(schema, path, (node, at) => [
      ...checkStructure(node, at),
      ...checkPattern(node, at),
      ...checkBounds(node, at),
      ...checkDescriptions(node, at),
    ]),
    ...checkDefaults(schema, path),
  ];
}

/** The CRD of a kind. @throws SchemaError */
export function crdOf(kind: KindDefinition): CustomResourceDefinition {
  const crd: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: [...kind.shortNames],
        categories: [...kind.categories],
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: [...kind.columns],
          subresources: { status: {}, ...(kind.scale === undefined ? {} : { scale: kind.scale }) },
          schema: { openAPIV3Schema: schemaOf(kind) },
        },
      ],
    },
  };
  const bytes = Buffer.byteLength(JSON.stringify(crd));
  if (bytes > maxBytes) {
    const message = `the CRD has ${bytes} bytes, more than ${maxBytes}: bound or drop embedded types`;
    throw new SchemaError(kind.kind, [{ path: '', message }]);
  }
  return crd;
}

/** Every field says what it is for, since `kubectl explain` is where people look first. */
function checkDescriptions(schema: StructuralSchema, path: string): Problem[] {
  return Object.entries(schema.properties ?? {})
    .filter(([, field]) => (field.description ?? '').trim() === '')
    .map(([key]) => ({ path: `${path}.${key}`, message: 'there is no description: say what the field is for' }));
}
