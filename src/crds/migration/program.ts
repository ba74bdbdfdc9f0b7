/** A program of the user's that works on the staged copy of the data: one that changes it, or one that judges it. */
import * as z from 'zod';
import { check } from '../run/check.ts';
import { dnsLabel } from '../schema/names.ts';

const program = z.object({
  name: dnsLabel.describe('Name of the program, as the steps and their messages show it.'),
  ...check.shape,
});

/** `spec.transform[]` and `spec.validate[]`. */
export const programs = z
  .array(program)
  .min(1)
  .max(8)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] });

/** `spec.transform[]`. */
export type Program = z.infer<typeof program>;
