/** Every generator of the project. */
import { chart } from './chart.ts';
import { crds } from './crds.ts';
import { manifests } from './manifests.ts';
import { operatorReference } from './operator-reference.ts';
import { reference } from './reference.ts';
import type { Generator } from './registry.ts';

export const generators: readonly Generator[] = [crds, reference, operatorReference, ...manifests, ...chart];
